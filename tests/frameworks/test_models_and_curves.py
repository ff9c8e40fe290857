"""Small trainings with real libraries: the models that they save and load, and the curves that they make (M9, M32,
sdk-surface §4.19)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.frameworks.conftest import Scripts, started_by_an_agent

pytestmark = pytest.mark.process

DIGITS = """
from sklearn.datasets import load_breast_cancer
x, y = load_breast_cancer(return_X_y=True)
"""


def test_m9_m32_pytorch(scripts: Scripts, tmp_path: Path) -> None:
    """Each path is one model; what goes into memory is none; what is loaded again leads back to its model."""
    recorded = scripts.run("""
        import io, torch
        layer = torch.nn.Linear(2, 2)
        for name in ("first", "second", "first"):
            torch.save(layer.state_dict(), name + ".pt")
        with open("third.pt", "wb") as file:
            torch.save(layer.state_dict(), file)
        torch.save(layer.state_dict(), io.BytesIO())
        torch.jit.save(torch.jit.script(layer), "scripted.pt")
        assert torch.load("first.pt")["weight"].shape == (2, 2)
    """)
    assert recorded.output_models() == {
        name: ("PyTorch", (tmp_path / f"{name}.pt").as_uri()) for name in ("first", "second", "third", "scripted")
    }
    (first,) = [entry for entry in recorded.document.models["output"] if entry["name"] == "first"]
    assert [entry["model"] for entry in recorded.document.models["input"]] == [first["model"]]


def test_m40_m41_m42_m44_m45_m46_m47_switches(scripts: Scripts) -> None:
    """Of ``auto_connect_frameworks`` (sdk-surface §1.3), in tasks one after the other."""
    expected = {
        "False": set(),
        "{}": set(),
        "{'xgboost': False}": {"a.pt", "b.pth", "c.joblib"},
        "{'pytorch': False}": {"c.joblib"},
        "{'pytorch': '*.pt'}": {"a.pt", "c.joblib"},
        "{'pytorch': ['*.pt', '*/b.*'], 'scikit': False}": {"a.pt", "b.pth"},
        "{'joblib': False}": {"a.pt", "b.pth"},
    }
    begin = """
import joblib, torch
from pellucid import Task

def run(switch):
    task = Task.init("frameworks", "switches", reuse_last_task_id=False, auto_connect_frameworks=switch)
    torch.save({}, "a.pt")
    torch.save({}, "b.pth")
    joblib.dump([], "c.joblib")
    task.close()
    print("TASK", task.id)

"""
    printed = scripts.having("joblib", "torch").start("\n".join(f"run({switch})" for switch in expected), begin=begin)
    for recorded, (switch, names) in zip(scripts.tasks(printed), expected.items(), strict=True):
        assert {uri.rpartition("/")[2] for _, uri in recorded.output_models().values()} == names, switch


def test_a_library_that_was_imported_before(scripts: Scripts) -> None:
    """Is seen as well, by a name that the program took earlier it is not; two tasks have a model each."""
    recorded = scripts.having("torch").run(
        """
        torch.save({}, "second.pt")
        """,
        begin="""
import torch
from pellucid import Task
first = Task.init("frameworks", "first of two", reuse_last_task_id=False)
torch.save({}, "first.pt")
first.close()
torch.save({}, "between.pt")
task = Task.init("frameworks", "second of two", reuse_last_task_id=False)
assert [model.name for model in first.models["output"]] == ["first of two - first"]
""",
    )
    assert list(recorded.output_models()) == ["second"]


def test_scikit_learn(scripts: Scripts, tmp_path: Path) -> None:
    """By joblib."""
    recorded = scripts.having("joblib", "sklearn.linear_model", "sklearn.datasets").run(
        DIGITS
        + """
import joblib
from sklearn.linear_model import LogisticRegression
joblib.dump(LogisticRegression(max_iter=10000).fit(x, y), "forest.joblib")
joblib.load("forest.joblib")
""",
    )
    assert recorded.output_models() == {"forest": ("ScikitLearn", (tmp_path / "forest.joblib").as_uri())}
    assert list(recorded.input_models()) == ["forest"]


BOOSTERS = (
    DIGITS
    + """
import catboost, lightgbm, xgboost
data = xgboost.DMatrix(x, y)
parameters = {"objective": "binary:logistic", "eta": 0.5}
booster = xgboost.train(parameters, data, 5, evals=[(data, "train")], verbose_eval=False)
booster.save_model("xgb.json")
xgboost.Booster(model_file="xgb.json").load_model("xgb.json")
model = xgboost.XGBClassifier(n_estimators=3).fit(x, y, eval_set=[(x, y)], verbose=False)
model.save_model("xgb-classifier.json")

data = lightgbm.Dataset(x, y)
parameters = {"objective": "binary", "verbose": -1, "learning_rate": 0.2}
booster = lightgbm.train(parameters, data, 5, valid_sets=[data], valid_names=["train"])
booster.save_model("lgb.txt")
print("USED", booster.params["learning_rate"])
lightgbm.Booster(model_file="lgb.txt")
lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(x, y, eval_set=[(x[:100], y[:100])])

model = catboost.CatBoostClassifier(iterations=4, verbose=False, allow_writing_files=False)
model.fit(x, y, eval_set=(x[:100], y[:100]))
print("USED", model.tree_count_)
model.save_model("cat.cbm")
catboost.CatBoostClassifier().load_model("cat.cbm")
"""
)


def test_m32_boosters(scripts: Scripts, tmp_path: Path) -> None:
    """XGBoost, LightGBM and CatBoost, in their own style and scikit-learn's; the parameters of the first training are
    the task's, which an agent's run takes from there."""
    recorded = scripts.run(BOOSTERS)
    assert recorded.output_models() == {
        Path(file).stem: (framework, (tmp_path / file).as_uri())
        for file, framework in [
            ("xgb.json", "XGBoost"),
            ("xgb-classifier.json", "XGBoost"),
            ("lgb.txt", "LightGBM"),
            ("cat.cbm", "CatBoost"),
        ]
    }
    assert list(recorded.input_models()) == ["xgb", "lgb", "cat"]
    curves = recorded.curves()
    assert curves["logloss"] == {"train": [0, 1, 2, 3, 4], "validation_0": [0, 1, 2]}
    assert curves["binary_logloss"] == {"train": [0, 1, 2, 3, 4], "valid_0": [0, 1, 2]}
    assert curves["Logloss"] == {"learn": [0, 1, 2, 3], "validation": [0, 1, 2, 3]}
    assert recorded.parameters("XGBoost") == {"objective": "binary:logistic", "eta": "0.5"}
    assert recorded.parameters("LightGBM") == {"objective": "binary", "verbose": "-1", "learning_rate": "0.2"}
    assert recorded.parameters("CatBoost")["iterations"] == "4"

    changed = {"LightGBM": {"learning_rate": "0.7"}, "CatBoost": {"iterations": "2"}}
    printed = started_by_an_agent(scripts, BOOSTERS, recorded, changed)
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("USED")] == ["0.7", "2"]


def test_keras(scripts: Scripts, tmp_path: Path) -> None:
    """With PyTorch under it."""
    recorded = scripts.having("keras", "sklearn.datasets").run(
        DIGITS
        + """
import keras
model = keras.Sequential([keras.layers.Input((30,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, validation_split=0.2, verbose=0, batch_size=256)
model.save("net.keras")
model.save_weights("net.weights.h5")
keras.models.load_model("net.keras")
""",
    )
    found = recorded.output_models()
    assert set(found.values()) == {("Keras", (tmp_path / name).as_uri()) for name in ("net.keras", "net.weights.h5")}
    assert list(recorded.input_models()) == ["net"]
    expected = {"train": [0, 1], "validation": [0, 1]}
    assert recorded.curves() == {"loss": expected, "accuracy": expected}


def test_lightning(scripts: Scripts, tmp_path: Path) -> None:
    """Its checkpoints, and what its TensorBoard logger writes."""
    recorded = scripts.having("lightning", "torch.utils.tensorboard").run("""
        import lightning, torch
        from lightning.pytorch.loggers import TensorBoardLogger

        class Net(lightning.LightningModule):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(2, 1)
            def training_step(self, batch, _):
                loss = self.layer(batch[0]).square().mean()
                self.log("train/loss", loss)
                return loss
            def configure_optimizers(self):
                return torch.optim.SGD(self.parameters(), 0.1)

        data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(8, 2)), batch_size=2)
        trainer = lightning.Trainer(
            max_epochs=2, log_every_n_steps=1, enable_progress_bar=False, enable_model_summary=False,
            logger=TensorBoardLogger("logs"), accelerator="cpu",
        )
        trainer.fit(Net(), data)
        trainer.save_checkpoint("last.ckpt")
    """)
    names = {uri.rpartition("/")[2] for _, uri in recorded.output_models().values()}
    assert names == {"last.ckpt", "epoch%3D0-step%3D4.ckpt", "epoch%3D1-step%3D8.ckpt"}
    assert recorded.curves()["train"]["loss"] == list(range(8))


def test_safetensors(scripts: Scripts, tmp_path: Path) -> None:
    """Of PyTorch."""
    recorded = scripts.having("torch", "safetensors.torch").run("""
        import torch
        from safetensors.torch import load_file, save_file
        save_file({"a": torch.ones(2)}, "tensors.safetensors")
        load_file("tensors.safetensors")
    """)
    expected = {"tensors": ("PyTorch", (tmp_path / "tensors.safetensors").as_uri())}
    assert recorded.output_models() == recorded.input_models() == expected


def test_m32_transformers(scripts: Scripts, tmp_path: Path) -> None:
    """A trainer's logs, its checkpoints and models: each folder is one; a tiny model that the script makes."""
    recorded = scripts.having("transformers.trainer", "transformers.models.bert.modeling_bert").run("""
        import torch
        from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
        size = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=16)
        model = BertForSequenceClassification(BertConfig(**size))
        data = [{"input_ids": torch.arange(4), "labels": torch.tensor(1)} for _ in range(8)]
        trainer = Trainer(
            model,
            TrainingArguments("out", max_steps=2, logging_steps=1, save_steps=1, report_to=[], use_cpu=True),
            train_dataset=data,
            eval_dataset=data,
        )
        trainer.train()
        trainer.evaluate()
        trainer.save_model("whole")
        model.save_pretrained("tiny")
        BertForSequenceClassification.from_pretrained("tiny")
    """)
    curves = recorded.curves()
    assert curves["loss"] == {"train": [1, 2], "eval": [2]}
    assert recorded.output_models() == {
        name: ("PyTorch", (tmp_path / path).as_uri())
        for name, path in [
            ("checkpoint-1", "out/checkpoint-1"),
            ("checkpoint-2", "out/checkpoint-2"),
            ("whole", "whole"),
            ("tiny", "tiny"),
        ]
    }
    assert list(recorded.input_models()) == ["tiny"]


def test_models_of_the_first_rank_alone(scripts: Scripts) -> None:
    """All ranks write the same."""
    code = "import joblib\njoblib.dump([], 'list.joblib')"
    assert list(scripts.having("joblib").run(code, LOCAL_RANK="0").output_models()) == ["list"]
    assert list(scripts.run(code, LOCAL_RANK="1").output_models()) == []
