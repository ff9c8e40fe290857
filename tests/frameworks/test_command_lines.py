"""What real parsers of command lines find, as parameters of a task (M25-M31, sdk-surface §4.3-4.8); and the task's
values in place of the program's, in a run that an agent starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.frameworks.conftest import BEGIN, Scripts, started_by_an_agent

from pellucid.testing.processes import stop_uploaders

pytestmark = pytest.mark.process


CLICK = """
import click
@click.command()
@click.option("--count", default=1, help="how often")
@click.option("--name", default="world")
@click.option("--loud", is_flag=True)
def hello(count, name, loud):
    print("CALLED", count, name, loud)
hello(standalone_mode=False)
"""


def test_m26_click(scripts: Scripts) -> None:
    """One command, its defaults and what is given; an agent's values win."""
    recorded = scripts.run(CLICK, "--count", "3")
    assert recorded.parameters() == {"count": "3", "name": "world", "loud": "False"}
    assert recorded.document.hyperparams["Args"]["count"].description == "how often"
    printed = started_by_an_agent(scripts, CLICK, recorded, {"Args": {"count": "5", "loud": "True"}})
    assert "CALLED 5 world True" in printed


def test_m26_click_with_several_commands(scripts: Scripts) -> None:
    """Which one runs, and what it takes; the task begins inside."""
    code = """
import click
@click.group()
@click.option("--seed", default=1)
def cli(seed): pass
@cli.command()
@click.option("--lr", default=0.1)
def train(lr):
    global task
    task = Task.init("frameworks", "click", reuse_last_task_id=False, auto_resource_monitoring=False)
@cli.command()
def test(): pass
cli(standalone_mode=False)
"""
    recorded = scripts.run(code, "train", "--lr", "0.5", begin="from pellucid import Task\n")
    assert recorded.parameters() == {"seed": "1", "train": "True", "test": "False", "train/lr": "0.5"}


def test_typer(scripts: Scripts) -> None:
    """As click, of which it has a copy."""
    code = """
import typer
def hello(name: str = "world", count: int = 1):
    print("CALLED", name, count)
app = typer.Typer(add_completion=False)
app.command()(hello)
app(standalone_mode=False)
"""
    recorded = scripts.run(code, "--count", "3")
    assert recorded.parameters() == {"name": "world", "count": "3"}
    assert "CALLED world 7" in started_by_an_agent(scripts, code, recorded, {"Args": {"count": "7"}})


FIRE = """
import fire
def hello(name="world", count=1):
    print("CALLED", name, count)
fire.Fire(hello)
"""


FIRE_S_OWN = {
    "completion": "",
    "help": "False",
    "interactive": "False",
    "separator": "-",
    "trace": "False",
    "verbose": "False",
}
"""Flags that each program with Fire has."""


def test_m27_fire(scripts: Scripts) -> None:
    """A function."""
    recorded = scripts.run(FIRE, "--count", "5")
    assert recorded.parameters() == {"name": "world", "count": "5", **FIRE_S_OWN}
    printed = started_by_an_agent(scripts, FIRE, recorded, {"Args": {"count": "7", "name": "1, 2"}})
    assert "CALLED 1, 2 7" in printed


def test_m27_fire_with_commands(scripts: Scripts) -> None:
    """An object's methods, below its own arguments."""
    code = """
from fire import Fire
class Tool:
    def __init__(self, seed=1):
        self.seed = seed
    def train(self, lr=0.1):
        print("CALLED", self.seed, lr)
Fire(Tool)
"""
    recorded = scripts.run(code, "train", "--lr", "0.5", "--seed", "2")
    assert recorded.parameters() == {"seed": "2", "train": "True", "train/lr": "0.5", **FIRE_S_OWN}
    printed = started_by_an_agent(scripts, code, recorded, {"Args": {"train/lr": "0.9"}})
    assert "CALLED 2 0.9" in printed


JSONARGPARSE = """
from dataclasses import dataclass
from jsonargparse import CLI
@dataclass
class Net:
    layers: int = 2
def main(net: Net = Net(), lr: float = 0.1, name: str = "net"):
    print("CALLED", net.layers, lr, name)
CLI(main)
"""


def test_m28_jsonargparse(scripts: Scripts) -> None:
    """By dotted names."""
    recorded = scripts.run(JSONARGPARSE, "--lr", "0.5", "--net.layers", "3")
    found = recorded.parameters()
    assert {name: found[name] for name in ("net.layers", "lr", "name")} == {
        "net.layers": "3",
        "lr": "0.5",
        "name": "net",
    }
    printed = started_by_an_agent(scripts, JSONARGPARSE, recorded, {"Args": {"lr": "0.7", "net.layers": "4"}})
    assert "CALLED 4 0.7 net" in printed


LIGHTNING = """
import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.cli import LightningCLI

class Net(LightningModule):
    def __init__(self, width: int = 2):
        super().__init__()
        self.layer = torch.nn.Linear(width, 1)
    def training_step(self, batch, _):
        return self.layer(batch[0]).square().mean()
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)
    def train_dataloader(self):
        return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 3)), batch_size=2)

cli = LightningCLI(Net, save_config_callback=None)
print("CALLED", cli.subcommand, cli.trainer.current_epoch, cli.model.layer.in_features)
"""


def test_m28_lightning_cli(scripts: Scripts) -> None:
    """A sub-command, and what is below it; an agent gives none, and the task's values are in force."""
    recorded = scripts.having("lightning.pytorch.cli").run(
        LIGHTNING,
        *("fit", "--model.width", "3", "--trainer.max_epochs", "1", "--trainer.enable_progress_bar", "false"),
        *("--trainer.logger", "false", "--trainer.accelerator", "cpu", "--trainer.enable_checkpointing", "false"),
    )
    found = recorded.parameters()
    assert found["subcommand"] == "fit"
    assert found["fit.model.width"] == "3"
    assert found["fit.trainer.max_epochs"] == "1"
    printed = started_by_an_agent(scripts, LIGHTNING, recorded, {"Args": {"fit.trainer.max_epochs": "2"}})
    assert "CALLED fit 2 3" in printed


def test_m29_absl(scripts: Scripts) -> None:
    """In a section of their own."""
    code = """
from absl import app, flags
flags.DEFINE_string("echo", "nothing", "what to say")
flags.DEFINE_integer("times", 1, "how often")
def main(_):
    print("CALLED", flags.FLAGS.echo, flags.FLAGS.times)
try:
    app.run(main)
except SystemExit:
    pass
"""
    recorded = scripts.run(code, "--echo", "yo")
    found = recorded.document.hyperparams["TF_DEFINE"]
    assert (found["echo"].value, found["echo"].type, found["echo"].description) == ("yo", "string", "what to say")
    assert found["times"].value == "1"
    assert "CALLED yo 3" in started_by_an_agent(scripts, code, recorded, {"TF_DEFINE": {"times": "3"}})


HYDRA = """
import hydra, sys
from omegaconf import DictConfig
@hydra.main(version_base=None, config_path=".", config_name="config")
def main(cfg: DictConfig):
    print("CALLED", cfg.db.port, cfg.db.host)
main()
"""


def test_m30_m31_hydra(scripts: Scripts) -> None:
    """The configuration, and what is overridden; both ways of changing them."""
    (scripts.folder / "config.yaml").write_text("db:\n  host: localhost\n  port: 5432\n  url: ${db.host}:${db.port}\n")
    recorded = scripts.run(HYDRA, "db.port=1")
    assert recorded.parameters("Hydra") == {"db.port": "1", "_allow_omegaconf_edit_": "False"}
    configuration = recorded.document.configuration["OmegaConf"]
    assert configuration.type == "OmegaConf YAML"
    assert configuration.value == "db:\n  host: localhost\n  port: 1\n  url: localhost:1\n"

    printed = started_by_an_agent(scripts, HYDRA, recorded, {"Hydra": {"db.port": "2", "db.host": "there"}})
    assert "CALLED 2 there" in printed
    printed = started_by_an_agent(
        scripts, HYDRA, recorded, {"Hydra": {"_allow_omegaconf_edit_": "True", "db.port": "9"}}
    )
    assert "CALLED 1 localhost" in printed


def test_tyro(scripts: Scripts) -> None:
    """Of a dataclass, and of a function."""
    recorded = scripts.run(
        """
        import sys
        from dataclasses import dataclass, field
        import tyro

        @dataclass
        class Net:
            layers: int = 2

        @dataclass
        class Config:
            lr: float = 0.1
            net: Net = field(default_factory=Net)

        assert tyro.cli(Config).net.layers == 3

        def main(epochs: int = 1):
            print("CALLED", epochs)
        tyro.cli(main, args=["--epochs", "4"])
        """,
        "--net.layers",
        "3",
    )
    assert recorded.parameters() == {"lr": "0.1", "net.layers": "3", "epochs": "4"}


def test_m6_argparse_beside_the_others(scripts: Scripts) -> None:
    """Before and after ``Task.init``."""
    early = """
import argparse
from pellucid import Task
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
early = parser.parse_args()
"""
    late = """
second = argparse.ArgumentParser()
second.add_argument("--batch", type=int, default=32)
second.parse_known_args()
"""
    recorded = scripts.run(late, "--lr", "0.7", begin=early + BEGIN)
    assert recorded.parameters() == {"lr": "0.7", "batch": "32"}


EVERY_PARSER = """
import click, fire
from absl import flags
from jsonargparse import ArgumentParser
from pellucid import Task

flags.DEFINE_integer("times", 1, "how often")

@click.command()
@click.option("--count", default=1)
@click.option("--password", default="secret", hide_input=True)
def hello(count, password): pass

def parse():
    flags.FLAGS(["script", "--times", "2"])
    hello(["--count", "2"], standalone_mode=False)
    fire.Fire(lambda size=1: None, ["--size", "2"])
    parser = ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.parse_args(["--lr", "0.2"])

def run(**switches):
    parse()
    task = Task.init("frameworks", "switches", reuse_last_task_id=False, auto_resource_monitoring=False, **switches)
    task.close()
    print("TASK", task.id)

"""


def test_m25_m44_m49_m50_m51_m52_switches(scripts: Scripts) -> None:
    """What was parsed before the task is switched, too; what is typed unseen is never recorded."""
    both, fire_s = {"Args", "TF_DEFINE"}, set(FIRE_S_OWN)
    expected = {
        "": ({"count", "size", "lr"} | fire_s, both),
        "auto_connect_arg_parser=False": (set(), {"TF_DEFINE"}),
        "auto_connect_arg_parser={}": (set(), {"TF_DEFINE"}),
        "auto_connect_arg_parser={'count': True, '*': False}": ({"count"}, both),
        "auto_connect_arg_parser={'count': False}": ({"size", "lr"} | fire_s, both),
        "auto_connect_frameworks={'tfdefines': False}": ({"count", "size", "lr"} | fire_s, {"Args"}),
    }
    printed = scripts.start("\n".join(f"run({switches})" for switches in expected), begin=EVERY_PARSER)
    for recorded, (names, sections) in zip(scripts.tasks(printed), expected.values(), strict=True):
        assert set(recorded.parameters()) == names
        assert set(recorded.document.hyperparams) - {"properties"} == sections


PARSERS = """
import argparse, click, fire, hydra, io, jsonargparse, os, sys, typer, tyro
from absl import flags
from contextlib import redirect_stdout

flags.DEFINE_integer("times", 1, "how often")

def use_argparse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1)
    return parser.parse_args(["--count", "2"]).count

def use_click():
    command = click.Command("hello", params=[click.Option(["--count"], default=1)], callback=lambda count: count)
    return command.main(["--count", "2"], standalone_mode=False)

def use_typer():
    seen = []
    app = typer.Typer(add_completion=False)
    app.command()(lambda count=1: seen.append(count))
    app(["--count", "2"], standalone_mode=False)
    return seen

def use_fire():
    with redirect_stdout(io.StringIO()):
        return fire.Fire(lambda count=1: count, ["--count", "2"])

def use_jsonargparse():
    return jsonargparse.CLI(lambda count=1: count, args=["--count", "2"])

def use_absl():
    flags.FLAGS(["script", "--times", "2"])
    return flags.FLAGS.times

def main(count: int = 1) -> int:
    return count

def use_tyro():
    return tyro.cli(main, args=["--count", "2"])

@hydra.main(version_base=None, config_path=None)
def hydra_main(config):
    seen.append(dict(config))

seen = []
def use_hydra():
    sys.argv = ["script.py", "+count=2", "hydra.run.dir=.", "hydra.output_subdir=null"]
    hydra_main()
    return seen.pop()

USES = [use_hydra, use_argparse, use_click, use_typer, use_fire, use_jsonargparse, use_absl, use_tyro]
alone = [use() for use in USES]

from pellucid import Task
from pellucid.hooks import wrapping
from pellucid.hooks.installed import command_lines

def put_in():
    return [name for (owner, name), ours in wrapping._made.items() if vars(owner).get(name) is ours.attribute]

def begin(name):
    return Task.init("frameworks", name, reuse_last_task_id=False, auto_resource_monitoring=False)

class Refusing:
    def __getattr__(self, name):
        raise RuntimeError("a run in trouble")

assert [use() for use in USES] == alone
for name in ("first", "second"):
    task = begin(name)
    assert [use() for use in USES] == alone
    task.close()
    print("TASK", task.id)
os.environ |= {"PELLUCID_API_HOST": "http://127.0.0.1:9", "PELLUCID_EXIT_DEADLINE": "0"}
task = begin("away")
command_lines.install()  # it is put in already
assert [use() for use in USES] == alone
sink, command_lines.sink = command_lines.sink, Refusing()
assert [use() for use in USES] == alone
command_lines.sink = sink
assert put_in()
task.close()
command_lines.uninstall()
assert [use() for use in USES] == alone
assert not put_in()
assert not hasattr(click.Command.make_context, "__wrapped__")
assert not hasattr(flags.FlagValues.__call__, "__wrapped__")
print("OK")
"""


def test_parsers_do_not_notice(scripts: Scripts, tmp_path: Path) -> None:
    """What they return is the same without a task, in two that have the same, in one whose server is away and that is
    in trouble, and without hooks."""
    printed, errors = scripts.start_and_listen(PARSERS, begin="")
    assert "OK" in printed
    first, second = scripts.tasks(printed)
    assert first.document.hyperparams.keys() == second.document.hyperparams.keys() == {"Args", "TF_DEFINE", "Hydra"}
    assert first.parameters() == second.parameters()
    for name in ("argparse", "click", "fire", "jsonargparse", "absl", "tyro", "hydra"):
        # Hydra sends what is logged to standard output.
        assert (printed + errors).count(f"Something that {name} did is not recorded") == 1, printed + errors
    for run in (tmp_path / "home" / "runs").iterdir():
        stop_uploaders(run)
