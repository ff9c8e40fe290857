"""Small trainings with the libraries that live in an environment apart: TensorFlow, fastai and MONAI (M32, sdk-surface
§4.19)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.frameworks.conftest import Scripts

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-frameworks" / "bin" / "python"

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        not PYTHON.exists() and "CI" not in os.environ, reason="no environment .venv-frameworks (make test makes it)"
    ),
]


@pytest.fixture
def apart(scripts: Scripts) -> Scripts:
    """Scripts run by the other interpreter, with our own sources."""
    scripts.python = str(PYTHON)
    scripts.environment |= {"PYTHONPATH": str(ROOT / "src"), "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    assert scripts.python != sys.executable
    return scripts


def test_m7_m32_tensorflow_and_keras(apart: Scripts, tmp_path: Path) -> None:
    """Saved models, checkpoints by their index, stored as a whole, and Keras on top of it; what is written for
    TensorBoard, in eager code, in graphs, and as its first version did."""
    recorded = apart.run("""
        import keras
        import tensorflow as tf

        class Scale(tf.Module):
            def __init__(self):
                self.factor = tf.Variable(1.0)
            @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
            def __call__(self, x):
                return x * self.factor

        scale = Scale()
        tf.saved_model.save(scale, "saved")
        tf.saved_model.load("saved")
        checkpoint = tf.train.Checkpoint(scale=scale)
        checkpoint.save("points/point")
        checkpoint.restore("points/point-1")
        tf.train.CheckpointManager(checkpoint, "managed", max_to_keep=2).save()

        model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
        model.compile(loss="mse")
        board = keras.callbacks.TensorBoard("keras", histogram_freq=1)
        model.fit(tf.ones((8, 2)), tf.ones((8, 1)), epochs=2, verbose=0, callbacks=[board])
        model.save("net.keras")
        tf.keras.models.load_model("net.keras")

        from tensorboard.plugins.hparams import api as hparams

        @tf.function
        def write_in_graph(step, value):
            tf.summary.scalar("graph/loss", value, step=step)

        with tf.summary.create_file_writer("events").as_default():
            hparams.hparams({"lr": 0.1, "layers": 3})
            tf.summary.scalar("eager/loss", 0.5, step=7)
            tf.summary.image("picture", tf.zeros((1, 8, 8, 3)), step=1)
            tf.summary.histogram("values", tf.range(10.0), step=1)
            tf.summary.text("note", "hello", step=1)
            tf.summary.audio("sound", tf.zeros((1, 100, 1)), 8000, step=1)
            for step in range(1, 4):
                write_in_graph(tf.constant(step, dtype=tf.int64), tf.constant(1.0))
        v1 = tf.compat.v1
        with tf.Graph().as_default(), v1.summary.FileWriter("first version") as writer:
            writer.add_summary(v1.Summary(value=[v1.Summary.Value(tag="v1/loss", simple_value=2.0)]), 5)

        import zipfile
        task.output_uri = "stored"
        tf.train.Checkpoint(value=tf.Variable(1.0)).write("whole")
        task.flush(wait_for_uploads=True)
        archive = task.models["output"][-1].get_local_copy(extract_archive=False)
        assert sorted(zipfile.ZipFile(archive).namelist()) == ["whole.data-00000-of-00001", "whole.index"]
    """)
    found = recorded.output_models()
    assert found.pop("whole")[1].endswith("/models/whole.index.zip")
    assert found == {
        "saved": ("TensorFlow", (tmp_path / "saved").as_uri()),
        "point-1": ("TensorFlow", (tmp_path / "points" / "point-1.index").as_uri()),
        "ckpt-2": ("TensorFlow", (tmp_path / "managed" / "ckpt-2.index").as_uri()),
        "net": ("Keras", (tmp_path / "net.keras").as_uri()),
    }
    assert list(recorded.input_models()) == ["saved", "point-1", "net"]
    assert recorded.curves() == {
        "loss": {"train": [0, 1]},
        "epoch_loss": {"epoch_loss": [0, 1]},
        "epoch_learning_rate": {"epoch_learning_rate": [0, 1]},
        "eager": {"loss": [7]},
        "graph": {"loss": [1, 2, 3]},
        "v1": {"loss": [5]},
    }
    samples = {(event["metric"], event["iter"]) for event in recorded.events("training_debug_image")}
    assert samples == {("Images", 1), ("Text", 1), ("Audio", 1)}
    assert {event["metric"] for event in recorded.events("plot")} >= {"Histograms", "sequential/dense/kernel"}
    assert recorded.parameters("TB_hparams") == {"lr": "0.1", "layers": "3"}


def test_m32_fastai(apart: Scripts) -> None:
    """What its recorder has of each epoch; its models are PyTorch's."""
    recorded = apart.run("""
        import pandas
        from fastai.tabular.all import CategoryBlock, Normalize, TabularDataLoaders, accuracy, tabular_learner
        frame = pandas.DataFrame({"a": [float(i) for i in range(64)], "y": [i % 2 for i in range(64)]})
        data = TabularDataLoaders.from_df(
            frame, y_names="y", cont_names=["a"], procs=[Normalize], y_block=CategoryBlock(), bs=16, device="cpu"
        )
        learner = tabular_learner(data, layers=[4], metrics=accuracy)
        with learner.no_bar(), learner.no_logging():
            learner.fit(2)
        learner.save("net")
        learner.load("net")
    """)
    assert {name: framework for name, (framework, _) in recorded.output_models().items()} == {"net": "PyTorch"}
    assert list(recorded.input_models()) == ["net"]
    assert recorded.curves() == {
        "loss": {"train": [0, 1], "validation": [0, 1]},
        "accuracy": {"validation": [0, 1]},
    }


def test_m32_monai(apart: Scripts) -> None:
    """Checkpoints, which Ignite writes under another name first."""
    recorded = apart.run("""
        import torch
        from monai.engines import SupervisedTrainer
        from monai.handlers import CheckpointSaver
        from monai.networks.nets import FullyConnectedNet

        net = FullyConnectedNet(2, 1, [4])
        data = [{"image": torch.ones(2), "label": torch.ones(1)} for _ in range(4)]
        trainer = SupervisedTrainer(
            device=torch.device("cpu"),
            max_epochs=2,
            train_data_loader=torch.utils.data.DataLoader(data, batch_size=2),
            network=net,
            optimizer=torch.optim.SGD(net.parameters(), 0.1),
            loss_function=torch.nn.MSELoss(),
        )
        CheckpointSaver("checkpoints", {"net": net}, save_interval=1, save_final=True).attach(trainer)
        trainer.run()
    """)
    assert set(recorded.output_models()) == {"net_epoch=1", "net_epoch=2", "net_final_iteration=4"}
