"""What every hook on a library keeps to, with the real libraries: several of them in one process, as their imports take
longest.

Each use is done before there is a task, in two tasks one after the other, between them, with a run that can't take
anything, with a server that is away, and after the hooks were taken out; what the program gets is the same each time.
``test_command_lines.py`` has the same for parsers.
"""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent

import pytest
from tests.frameworks.conftest import Scripts

from pellucid.testing.processes import stop_uploaders

pytestmark = pytest.mark.process

USES = {
    "tensorboard": """
        from torch.utils.tensorboard import SummaryWriter
        with SummaryWriter("events") as writer:
            return writer.add_scalar("events/torch", 0.5, 3)
    """,
    "tensorboardX": """
        from tensorboardX import SummaryWriter
        with SummaryWriter("events") as writer:
            return writer.add_scalar("events/x", 0.5, 3)
    """,
    "matplotlib": """
        from matplotlib import pyplot as plt
        figure, axes = plt.subplots()
        axes.plot([1, 2])
        figure.savefig("figure.png")
        plt.show()
        plt.close(figure)
        return len(plt.get_fignums())
    """,
    "plotly": """
        import plotly.graph_objects as go
        import plotly.io
        plotly.io.renderers.default = ""
        return go.Figure(go.Bar(y=[1, 2])).show()
    """,
    "lightning": """
        import lightning, torch
        class Net(lightning.LightningModule):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(1, 1)
        trainer = lightning.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
        trainer.strategy.connect(Net())
        trainer.save_checkpoint("lit.ckpt")
        return sorted(Net.load_from_checkpoint("lit.ckpt").state_dict())
    """,
    "torch": """
        import torch
        torch.save({"a": 1}, "torch.pt")
        return torch.load("torch.pt")
    """,
    "safetensors": """
        import torch
        from safetensors.torch import load_file, save_file
        save_file({"a": torch.ones(1)}, "s.safetensors")
        return load_file("s.safetensors")["a"].item()
    """,
    "joblib": """
        import joblib
        joblib.dump([1], "list.joblib")
        return joblib.load("list.joblib")
    """,
    "keras": """
        import keras
        model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
        model.compile(loss="mse", optimizer="sgd")
        history = model.fit(x[:8, :2], y[:8], epochs=2, verbose=0, shuffle=False)
        model.save("net.keras")
        return [round(value, 3) for value in history.history["loss"]], len(keras.models.load_model("net.keras").weights)
    """,
    "xgboost": """
        import xgboost
        data = xgboost.DMatrix(x, y)
        booster = xgboost.train({"seed": 1}, data, 3, evals=[(data, "train")], verbose_eval=False)
        booster.save_model("xgb.json")
        other = xgboost.Booster()
        other.load_model("xgb.json")
        return other.num_boosted_rounds()
    """,
    "lightgbm": """
        import lightgbm
        data = lightgbm.Dataset(x, y)
        booster = lightgbm.train({"verbose": -1}, data, 3, valid_sets=[data], valid_names=["train"])
        booster.save_model("lgb.txt")
        return lightgbm.Booster(model_file="lgb.txt").current_iteration()
    """,
    "catboost": """
        import catboost
        model = catboost.CatBoostRegressor(iterations=3, verbose=False, allow_writing_files=False)
        model.fit(x, y)
        model.save_model("cat.cbm")
        return catboost.CatBoostRegressor().load_model("cat.cbm").tree_count_
    """,
    "transformers": """
        import torch
        from transformers import BertConfig, BertModel
        size = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=16)
        BertModel(BertConfig(**size)).save_pretrained("bert")
        return BertModel.from_pretrained("bert").config.hidden_size
    """,
}

IMPORTS = [
    "joblib",
    "keras",
    "lightning",
    "matplotlib.pyplot",
    "safetensors.torch",
    "sklearn.datasets",
    "torch.utils.tensorboard",
    "transformers.models.bert.modeling_bert",
]
WITHOUT_MODELS = {"tensorboard", "tensorboardX", "matplotlib", "plotly"}

SCRIPT = """
import os
from sklearn.datasets import load_breast_cancer
x, y = load_breast_cancer(return_X_y=True)

{uses}

USES = {names}
expected = {{name: use() for name, use in USES.items()}}

from pellucid import Task
from pellucid.hooks import wrapping
from pellucid.hooks.installed import command_lines, libraries

def put_in():
    return [name for (owner, name), ours in wrapping._made.items() if vars(owner).get(name) is ours.attribute]

def run(what):
    for name, use in USES.items():
        assert use() == expected[name], (what, name)

def begin(name):
    task = Task.init("frameworks", name, reuse_last_task_id=False, auto_resource_monitoring=False)
    print("TASK", task.id)
    return task

class Refusing:
    def __getattr__(self, name):
        raise RuntimeError("a run in trouble")

run("nobody")
first = begin("first")
run("first")
assert put_in()
first.close()
run("between")
second = begin("second")
run("second")
libraries.install()  # it is put in already
sink = libraries.sink
libraries.sink = Refusing()
run("refusing")
libraries.sink = sink
second.close()
os.environ |= {{"PELLUCID_API_HOST": "http://127.0.0.1:9", "PELLUCID_EXIT_DEADLINE": "0"}}
away = Task.init("frameworks", "away", reuse_last_task_id=False, auto_resource_monitoring=False)
run("away")
print("MODELS", len(away.models["output"]))
away.close()
command_lines.uninstall()
run("after")
assert not put_in()
assert not libraries._undo
print("OK")
"""


def functions(names: list[str]) -> str:
    """Some of the uses, as a script defines them."""
    return "\n".join(f"def use_{name}():\n{indent(dedent(USES[name]), '    ')}" for name in names)


def script(names: list[str]) -> str:
    """With some of the uses."""
    return SCRIPT.format(uses=functions(names), names="{" + ", ".join(f"{name!r}: use_{name}" for name in names) + "}")


@pytest.mark.parametrize(
    "names",
    [
        ["torch", "safetensors", "joblib", "keras", "transformers", "lightning"],
        ["tensorboard", "tensorboardX", "matplotlib", "plotly"],
        ["xgboost", "lightgbm", "catboost"],
    ],
    ids="+".join,
)
def test_every_hook(scripts: Scripts, names: list[str], tmp_path: Path) -> None:
    """The two tasks have the same, and the program never notices."""
    models = [name for name in names if name not in WITHOUT_MODELS]
    printed, errors = scripts.having(*IMPORTS).start_and_listen(script(names), begin="")
    assert "OK" in printed
    first, second = scripts.tasks(printed)

    assert first.output_models() == second.output_models()
    assert len(first.output_models()) == len(models)
    assert first.input_models() == second.input_models()
    assert len(first.input_models()) == len(models)
    assert f"MODELS {len(models)}" in printed
    assert len(first.events("plot")) == len(second.events("plot")) == len({"matplotlib", "plotly"} & set(names))
    assert json.dumps(first.curves()) == json.dumps(second.curves())
    # Once for each hook, however often it happens.
    hooks = {name.removesuffix("X") for name in names}
    warnings = "is not recorded; the program is unaffected. (RuntimeError: a run in trouble)"
    assert [errors.count(f"Something that {name} did {warnings}") for name in hooks] == [1] * len(hooks)
    for run in (tmp_path / "home" / "runs").iterdir():
        stop_uploaders(run)


def test_a_run_without_a_server(scripts: Scripts) -> None:
    """What was recorded is on the server when it is there again."""
    code = f"""
{functions(["torch", "joblib"])}
use_torch()
use_joblib()
task.close()
print("FOLDER", task.get_offline_mode_folder())
"""
    printed = scripts.having("joblib", "torch").start(code, PELLUCID_OFFLINE_MODE="1")
    (folder,) = (line.split()[1] for line in printed.splitlines() if line.startswith("FOLDER "))
    printed = scripts.start(
        f"print('TASK', Task.import_offline_session({folder!r}))", begin="from pellucid import Task\n"
    )
    (recorded,) = scripts.tasks(printed)
    assert set(recorded.output_models()) == {"torch", "list"}
