"""TensorBoard's event files, whoever writes them: ``tensorboard`` itself, which PyTorch's ``SummaryWriter`` uses, and
``tensorboardX`` (sdk-surface §4.10)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, Protocol

from pellucid.hooks.guard import guarded
from pellucid.hooks.reports import Reports
from pellucid.hooks.tensorboard_names import Names
from pellucid.hooks.tensorboard_summaries import Summaries

MODULES: Final = ("tensorboard.summary.writer.event_file_writer", "tensorboardX.event_file_writer")
"""Where the class ``EventFileWriter`` is, which all writers of a library end in."""

_NAME: Final = "tensorboard"


class TensorBoardSink(Reports, Protocol):
    """A run that says what it wants of event files."""

    def wants_tensorboard_parameters(self) -> bool:
        """Whether hyperparameters are recorded (``{"tensorboard": {"report_hparams": False}}``)."""
        ...


def patch(library: ModuleType, sink: Callable[[], TensorBoardSink | None]) -> Callable[[], None]:
    """Observe all writers.

    Args:
        library: the imported module with ``EventFileWriter``.
        sink: whom to report to.
    """
    writer_class = library.EventFileWriter
    original = writer_class.add_event
    known: tuple[TensorBoardSink, Summaries] | None = None

    def summaries_for(receiver: TensorBoardSink) -> Summaries:
        """Each run has names of its own."""
        nonlocal known
        if known is None or known[0] is not receiver:
            known = (receiver, Summaries(Names()))
        return known[1]

    @functools.wraps(original)
    def add_event(self: Any, event: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, event, *args, **kwargs)
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None and event.HasField("summary"):
                wanted = receiver.wants_tensorboard_parameters()
                summaries_for(receiver).report(
                    receiver, self.get_logdir(), event.summary.value, event.step, parameters=wanted
                )
        return result

    writer_class.add_event = add_event

    def undo() -> None:
        if writer_class.add_event is add_event:
            writer_class.add_event = original

    return undo
