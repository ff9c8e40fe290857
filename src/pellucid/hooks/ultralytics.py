"""``ultralytics``, YOLO from its eighth version on: checkpoints, and the curves of training (seed, Automatic Logging).

It writes checkpoints as bytes, past ``torch.save``'s paths. Older YOLOs are scripts, which are seen through PyTorch and
TensorBoard.

No test of ours trains with it, as torchvision has no build for PyTorch without CUDA in the registry that they use; its
release 8.4 was run by hand with a stub in torchvision's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySink, LibrarySinkOfTheDay
from pellucid.hooks.torch import FRAMEWORK
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "ultralytics"
_SAVED: Final = "on_model_save"
_EPOCH: Final = "on_fit_epoch_end"
_TRAINED: Final = "on_train_end"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe the events of training, which the library tells to functions that a program may add, too.

    Args:
        library: the imported ``ultralytics.engine.trainer``.
        sink: whom to report to.
    """

    def run_callbacks(original: Callable[..., Any], self: Any, event: str) -> Any:
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None:
                _report(self, event, receiver)
        return original(self, event)

    return wrap(library.BaseTrainer, "run_callbacks", run_callbacks)


def _report(trainer: Any, event: str, receiver: LibrarySink) -> None:
    if event == _SAVED:
        # The best one is written only when it is this one.
        is_best = trainer.best_fitness == trainer.fitness
        _saved([trainer.last, *([trainer.best] if is_best else [])], receiver)
    elif event == _TRAINED:
        _saved([trainer.last, trainer.best], receiver)  # stripped of what only training needs
    elif event == _EPOCH:
        losses = {} if trainer.tloss is None else trainer.label_loss_items(trainer.tloss, prefix="train")
        for name, value in {**losses, **trainer.metrics, **trainer.lr}.items():
            title, _, series = name.rpartition("/")
            receiver.report_scalar(title or name, series, float(value), trainer.epoch)


def _saved(files: Iterable[Path], receiver: LibrarySink) -> None:
    for file in files:
        if file.exists():
            receiver.model_saved(file, FRAMEWORK)
