"""``fastai``: what a ``Learner`` records after each epoch; its models are PyTorch's (sdk-surface §4.19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySink, LibrarySinkOfTheDay
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "fastai"
_LOSSES: Final = {"train_loss": ("loss", "train"), "valid_loss": ("loss", "validation")}


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``Recorder``, which each ``Learner`` has.

    Args:
        library: the imported ``fastai.learner``.
        sink: whom to report to.
    """

    def after_epoch(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None and self.values:
                _report(self, receiver)
        return result

    return wrap(library.Recorder, "after_epoch", after_epoch)


def _report(recorder: Any, receiver: LibrarySink) -> None:
    """The last epoch, whose number is among the names."""
    names = [name for name in recorder.metric_names if name not in ("epoch", "time")]
    for name, value in zip(names, recorder.values[-1], strict=False):
        if value is not None:
            title, series = _LOSSES.get(name, (name, "validation"))
            receiver.report_scalar(title, series, float(value), recorder.epoch)
