"""What TensorBoard, matplotlib, seaborn and Plotly write and show, (sdk-surface M7, M8, M33, §4.9, §4.10)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.frameworks.conftest import Scripts

from pellucid.testing.processes import stop_uploaders

pytestmark = pytest.mark.process


@pytest.mark.parametrize("library", ["torch.utils.tensorboard", "tensorboardX"])
def test_m7_tensorboard(scripts: Scripts, library: str) -> None:
    """Curves, pictures, histograms, texts, sounds and hyperparameters."""
    recorded = scripts.having("numpy", library).run(f"""
        import numpy as np
        from {library} import SummaryWriter
        with SummaryWriter("logs") as writer:
            for step in range(3):
                writer.add_scalar("train/loss", 1.5 - step, step)
            writer.add_scalars("accuracy", {{"top1": 0.5, "top5": 0.8}}, 1)
            writer.add_image("digits/first", np.zeros((3, 8, 8), dtype=np.uint8), 2)
            writer.add_histogram("layer/weights", np.linspace(0, 1, 10), 2)
            writer.add_text("notes", "a *good* epoch", 2)
            writer.add_pr_curve("curve", np.array([0, 1, 1]), np.array([0.1, 0.5, 0.9]), 2)
            writer.add_hparams({{"lr": 0.1, "layers": 3}}, {{"best/accuracy": 0.5}})
    """)
    assert recorded.curves() == {
        "train": {"loss": [0, 1, 2]},
        "accuracy": {"top1": [1], "top5": [1]},
        "best": {"accuracy": [0]},
    }
    assert {(event["metric"], event["variant"], event["iter"]) for event in recorded.events("plot")} == {
        ("layer", "weights", 2),
        ("Precision and recall", "curve", 2),
    }
    samples = {(event["metric"], event["variant"]): event["url"] for event in recorded.events("training_debug_image")}
    assert {place: url.rpartition(".")[2] for place, url in samples.items()} == {
        ("digits", "first"): "png",
        ("Text", "notes"): "txt",
    }
    assert recorded.parameters("TB_hparams") == {"lr": "0.1", "layers": "3"}


def test_m48_without_hyperparameters(scripts: Scripts) -> None:
    """Of TensorBoard; the rest comes."""
    begin = """
from pellucid import Task
switches = {"tensorboard": {"report_hparams": False}}
task = Task.init("frameworks", "no parameters", auto_connect_frameworks=switches, auto_resource_monitoring=False)
"""
    recorded = scripts.having("torch.utils.tensorboard").run(
        """
        from torch.utils.tensorboard import SummaryWriter
        with SummaryWriter("logs") as writer:
            writer.add_hparams({"lr": 0.1}, {"best/accuracy": 0.5})
        """,
        begin=begin,
    )
    assert recorded.parameters("TB_hparams") == {}
    assert list(recorded.curves()) == ["best"]


def test_m8_figures(scripts: Scripts) -> None:
    """Of matplotlib, seaborn and Plotly, at the iteration that was reported last."""
    recorded = scripts.having("matplotlib.pyplot", "plotly.graph_objects", "seaborn").run(
        """
        import matplotlib.pyplot as plt
        import plotly.graph_objects as go
        import plotly.io
        import seaborn
        plotly.io.renderers.default = ""
        task.get_logger().report_scalar("loss", "train", 1, 7)
        plt.plot([1, 2, 3])
        plt.title("line")
        plt.show()
        plt.close()
        seaborn.histplot([1, 2, 2, 3]).set_title("bars")
        plt.savefig("bars.png")
        plt.close()
        plt.pie([1, 2])
        plt.title("shares")
        plt.show()
        plt.close()
        plt.imshow([[0, 1], [1, 0]])
        plt.title("pixels")
        plt.show()
        go.Figure(go.Bar(y=[1, 3]), layout={"title": {"text": "interactive"}}).show()
        """,
    )
    plots = {event["metric"]: event for event in recorded.events("plot")}
    assert {title: (event["variant"], event["iter"]) for title, event in plots.items()} == {
        "line": ("plot", 7),
        "bars": ("plot", 7),
        "shares": ("plot image", 7),
        "interactive": ("plot", 7),
    }
    assert json.loads(plots["interactive"]["plot_str"])["data"][0]["y"] == [1, 3]
    assert json.loads(plots["line"]["plot_str"])["data"][0]["y"] == [1, 2, 3]
    assert json.loads(plots["bars"]["plot_str"])["data"][0]["type"] == "bar"
    assert json.loads(plots["shares"]["plot_str"])["layout"]["images"][0]["source"].endswith(".png")
    assert [(event["metric"], event["iter"]) for event in recorded.events("training_debug_image")] == [("pixels", 7)]


def test_two_tasks_one_after_the_other(scripts: Scripts) -> None:
    """Each has what was written while it ran, under the same names."""
    recorded = scripts.having("torch.utils.tensorboard").run(
        """
        writer.add_scalar("train/loss", 2, 2)
        """,
        begin="""
from torch.utils.tensorboard import SummaryWriter
from pellucid import Task
first = Task.init("frameworks", "first", reuse_last_task_id=False)
SummaryWriter("first").add_scalar("train/loss", 1, 1)
first.close()
writer = SummaryWriter("second")
writer.add_scalar("train/loss", 0, 0)
task = Task.init("frameworks", "second", reuse_last_task_id=False)
assert list(first.get_reported_scalars()["train"]) == ["loss"]
""",
    )
    assert recorded.curves() == {"train": {"loss": [2]}}


def test_a_server_that_is_away(scripts: Scripts, tmp_path: Path) -> None:
    """Nothing is lost; nobody waits."""
    code = """
import matplotlib.pyplot as plt
import os
import torch
from torch.utils.tensorboard import SummaryWriter
SummaryWriter("logs").add_scalar("train/loss", 1, 1)
plt.plot([1, 2])
plt.savefig("plot.png")
torch.save({}, "net.pt")
assert len(task.models["output"]) == 1
assert task.pending().points == 1
os._exit(0)
"""
    scripts.having("matplotlib.pyplot", "torch.utils.tensorboard").start(code, PELLUCID_API_HOST="http://127.0.0.1:9")
    for run in (tmp_path / "home" / "runs").iterdir():
        stop_uploaders(run)
