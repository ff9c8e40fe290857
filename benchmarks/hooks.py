"""What watching a library costs per call: with the hook put in and a task, as a multiple of the library's own call."""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.table import print_rows
from pellucid import Task

_ROUNDS = 7


class _Use(NamedTuple):
    """Something that a hook sees.

    Attributes:
        what: for the table.
        calls: in a round.
        call: does it once.
    """

    what: str
    calls: int
    call: Callable[[], object]


def main() -> None:
    """Print the table: rounds with and without a task alternate, so that a noisy moment hits both sides."""
    warnings.simplefilter("ignore")  # of the libraries
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"KERAS_BACKEND": "torch", "PELLUCID_HOME": folder, "PELLUCID_OFFLINE_MODE": "1"}
        os.chdir(folder)
        uses = _uses(Path(folder))
        for use in uses:
            use.call()  # what a library does once, it has done
        alone: list[list[float]] = []
        watched: list[list[float]] = []
        for _ in range(_ROUNDS):
            alone.append([_microseconds(use) for use in uses])
            task = Task.init("benchmark", "hooks", auto_connect_streams=False, auto_resource_monitoring=False)
            watched.append([_microseconds(use) for use in uses])
            task.close()
    print_rows(
        ["what", "alone, µs", "watched, µs", "more, µs", "ratio"],
        [
            [use.what, f"{before:.0f}", f"{after:.0f}", f"{after - before:.0f}", f"{after / before:.2f} ×"]
            for use, before, after in zip(uses, _medians(alone), _medians(watched), strict=True)
        ],
    )


def _uses(folder: Path) -> list[_Use]:
    """One for each kind of hook: arguments, weights, curves, figures."""
    # Here, so that none of them is in the start-up time of the other benchmarks.
    import catboost
    import click
    import fire
    import joblib
    import jsonargparse
    import keras
    import lightgbm
    import matplotlib
    import numpy as np
    import plotly.graph_objects as go
    import plotly.io
    import safetensors.numpy
    import tensorboardX
    import torch
    import xgboost
    from matplotlib.figure import Figure
    from torch.utils.tensorboard import SummaryWriter

    matplotlib.use("agg")
    parser = argparse.ArgumentParser()
    for number in range(10):
        parser.add_argument(f"--option{number}", type=int, default=number)
    command = click.Command("hello", params=[click.Option([f"--option{number}"], default=1) for number in range(10)])
    weights = {"layer": torch.zeros(1_000_000)}
    generator = np.random.default_rng(1)
    x, y = generator.random((1000, 10)), generator.random(1000)
    matrix = xgboost.DMatrix(x, y)
    dataset = lightgbm.Dataset(x, y, params={"verbose": -1}).construct()
    typed = jsonargparse.ArgumentParser()
    for number in range(10):
        typed.add_argument(f"--option{number}", type=int, default=number)
    net = keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(1)])
    net.compile(loss="mse")
    plotly.io.renderers.default = ""
    bars = go.Figure(go.Bar(y=[1, 2, 3]))
    other_writer = tensorboardX.SummaryWriter(str(folder / "other events"))
    writer, step = SummaryWriter(str(folder / "events")), iter(range(10**9))
    figure = Figure()
    figure.subplots().plot([1, 2, 3])

    def train_xgboost() -> Any:
        return xgboost.train({}, matrix, 20, evals=[(matrix, "train")], verbose_eval=False)

    def train_lightgbm() -> Any:
        return lightgbm.train({"verbose": -1}, dataset, 20, valid_sets=[dataset])

    def train_catboost() -> Any:
        return catboost.CatBoostRegressor(iterations=20, verbose=False, allow_writing_files=False).fit(x, y)

    def call_fire() -> None:
        with redirect_stdout(io.StringIO()):
            fire.Fire(lambda option=1: None, ["--option", "5"])

    return [
        _Use("argparse: 10 arguments parsed", 50, lambda: parser.parse_args(["--option1", "5"])),
        _Use("click: 10 arguments parsed", 50, lambda: command.make_context("hello", ["--option1", "5"])),
        _Use("jsonargparse: 10 arguments parsed", 20, lambda: typed.parse_args(["--option1", "5"])),
        _Use("Fire: one argument parsed", 50, call_fire),
        _Use("torch.save of 4 MB", 10, lambda: torch.save(weights, "weights.pt")),
        _Use("torch.load of 4 MB", 10, lambda: torch.load("weights.pt")),
        _Use("joblib.dump of 4 MB", 10, lambda: joblib.dump(weights["layer"].numpy(), "array.joblib")),
        _Use(
            "safetensors save of 4 MB",
            10,
            lambda: safetensors.numpy.save_file({"a": weights["layer"].numpy()}, "array.safetensors"),
        ),
        _Use("safetensors load of 4 MB", 10, lambda: safetensors.numpy.load_file("array.safetensors")),
        _Use("Keras: an epoch of 1000 rows", 3, lambda: net.fit(x, y, verbose=0, batch_size=100)),
        _Use("xgboost: 20 rounds, evaluated", 3, train_xgboost),
        _Use("lightgbm: 20 rounds, evaluated", 3, train_lightgbm),
        _Use("catboost: 20 rounds, evaluated", 3, train_catboost),
        _Use("tensorboardX add_scalar", 1000, lambda: other_writer.add_scalar("loss", 0.5, next(step))),
        _Use("TensorBoard add_scalar", 1000, lambda: writer.add_scalar("loss", 0.5, next(step))),
        _Use("matplotlib savefig", 2, lambda: figure.savefig("figure.png")),
        _Use("Plotly show", 20, bars.show),
    ]


def _microseconds(use: _Use) -> float:
    begun = time.perf_counter_ns()
    for _ in range(use.calls):
        use.call()
    return (time.perf_counter_ns() - begun) / use.calls / 1000


def _medians(rounds: list[list[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


if __name__ == "__main__":
    main()
