"""What watching a library costs per call: with the hook put in and a task, as a multiple of the library's own call."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
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
        os.environ |= {"PELLUCID_HOME": folder, "PELLUCID_OFFLINE_MODE": "1"}
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
    import click
    import joblib
    import lightgbm
    import matplotlib
    import numpy as np
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
    writer, step = SummaryWriter(str(folder / "events")), iter(range(10**9))
    figure = Figure()
    figure.subplots().plot([1, 2, 3])

    def train_xgboost() -> Any:
        return xgboost.train({}, matrix, 20, evals=[(matrix, "train")], verbose_eval=False)

    def train_lightgbm() -> Any:
        return lightgbm.train({"verbose": -1}, dataset, 20, valid_sets=[dataset])

    return [
        _Use("argparse: 10 arguments parsed", 50, lambda: parser.parse_args(["--option1", "5"])),
        _Use("click: 10 arguments parsed", 50, lambda: command.make_context("hello", ["--option1", "5"])),
        _Use("torch.save of 4 MB", 10, lambda: torch.save(weights, "weights.pt")),
        _Use("torch.load of 4 MB", 10, lambda: torch.load("weights.pt")),
        _Use("joblib.dump of 4 MB", 10, lambda: joblib.dump(weights["layer"].numpy(), "array.joblib")),
        _Use("xgboost: 20 rounds, evaluated", 3, train_xgboost),
        _Use("lightgbm: 20 rounds, evaluated", 3, train_lightgbm),
        _Use("TensorBoard add_scalar", 1000, lambda: writer.add_scalar("loss", 0.5, next(step))),
        _Use("matplotlib savefig", 2, lambda: figure.savefig("figure.png")),
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
