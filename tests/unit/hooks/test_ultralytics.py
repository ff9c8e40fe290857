"""The hook on YOLO, with a trainer that tells its events as the library's does."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from pellucid.hooks import guard, ultralytics
from pellucid.testing.reports import RecordedReports


class BaseTrainer:
    """A training of two epochs, of which the second is the best."""

    def __init__(self, folder: Path) -> None:
        self.last, self.best = folder / "last.pt", folder / "best.pt"
        self.best_fitness = self.fitness = 0.0
        self.tloss = 0.5
        self.metrics = {"metrics/mAP50(B)": 0.25, "val/box_loss": 0.75}
        self.lr = {"lr/pg0": 0.125}
        self.epoch = 0
        self.events: list[str] = []

    def label_loss_items(self, loss: float, prefix: str) -> dict[str, float]:
        """Names of losses."""
        return {f"{prefix}/box_loss": loss}

    def run_callbacks(self, event: str) -> None:
        """Tell the program."""
        self.events.append(event)

    def train(self) -> None:
        """Train."""
        for self.epoch, fitness in enumerate([1.0, 2.0]):
            self.fitness = fitness
            if self.epoch == 1:
                self.best_fitness = fitness
                self.best.touch()
            self.last.touch()
            self.run_callbacks("on_model_save")
            self.run_callbacks("on_fit_epoch_end")
        self.run_callbacks("on_train_end")


@pytest.mark.parametrize("listens", [True, False])
def test_checkpoints_and_curves(tmp_path: Path, listens: bool) -> None:
    """Of each epoch; the best checkpoint when there is another one; the program's own functions are called as ever."""
    library = ModuleType("ultralytics.engine.trainer")
    library.BaseTrainer = BaseTrainer  # type: ignore[attr-defined]
    before = BaseTrainer.run_callbacks
    reports = RecordedReports()
    undo = ultralytics.patch(library, lambda: reports if listens else None)
    trainer = BaseTrainer(tmp_path)
    with guard.loud_errors():
        trainer.train()
    undo()

    assert trainer.events == ["on_model_save", "on_fit_epoch_end"] * 2 + ["on_train_end"]
    assert BaseTrainer.run_callbacks is before
    names = ["last.pt", "last.pt", "best.pt", "last.pt", "best.pt"]
    assert [path.name for path, _ in reports.saved] == (names if listens else [])
    assert reports.scalars[4:] == (
        [
            ("train", "box_loss", 1, 0.5),
            ("metrics", "mAP50(B)", 1, 0.25),
            ("val", "box_loss", 1, 0.75),
            ("lr", "pg0", 1, 0.125),
        ]
        if listens
        else []
    )
