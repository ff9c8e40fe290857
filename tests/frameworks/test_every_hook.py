"""What every hook on a library keeps to, with the real libraries: several of them in one process, as their imports take
longest.

Each use is done before there is a task, in two tasks one after the other, between them, with a run that can't take
anything, and after the hooks were taken out; what the program gets is the same each time.
"""

from __future__ import annotations

import json
from textwrap import dedent, indent

import pytest
from tests.frameworks.conftest import Scripts

pytestmark = pytest.mark.process

USES = {
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

SCRIPT = """
from sklearn.datasets import load_breast_cancer
x, y = load_breast_cancer(return_X_y=True)

{uses}

USES = {names}
expected = {{name: use() for name, use in USES.items()}}

from pellucid import Task
from pellucid.hooks.installed import command_lines, libraries

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
run("after")
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
        ["torch", "safetensors", "joblib", "keras", "transformers"],
        ["xgboost", "lightgbm", "catboost"],
    ],
    ids="+".join,
)
def test_every_hook(scripts: Scripts, names: list[str]) -> None:
    """The two tasks have the same, and the program never notices."""
    printed, errors = scripts.having(
        "joblib", "keras", "safetensors.torch", "sklearn.datasets", "torch", "transformers.models.bert.modeling_bert"
    ).start_and_listen(script(names), begin="")
    assert "OK" in printed
    first, second = scripts.tasks(printed)

    assert first.output_models() == second.output_models()
    assert len(first.output_models()) == len(names)
    assert first.input_models() == second.input_models()
    assert len(first.input_models()) == len(names)
    assert json.dumps(first.curves()) == json.dumps(second.curves())
    for name in names:
        # Once, however often it happens.
        assert errors.count(f"Something that {name} did is not recorded") <= 1
    assert errors.count("is not recorded; the program is unaffected. (RuntimeError: a run in trouble)") == len(names)


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
