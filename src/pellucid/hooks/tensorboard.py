"""TensorBoard's event files, whoever writes them: ``tensorboard`` itself, which PyTorch's ``SummaryWriter`` uses, and
``tensorboardX`` (sdk-surface §4.10)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySink, LibrarySinkOfTheDay
from pellucid.hooks.tensorboard_names import Names
from pellucid.hooks.tensorboard_summaries import Summaries

_NAME: Final = "tensorboard"
_PARAMETERS: Final = "report_hparams"


def patch(library: ModuleType, sink: LibrarySinkOfTheDay) -> Callable[[], None]:
    """Observe all writers.

    Args:
        library: the imported module with ``EventFileWriter``.
        sink: whom to report to.
    """
    writer_class = library.EventFileWriter
    original = writer_class.add_event
    known: tuple[LibrarySink, Summaries] | None = None

    def summaries_for(receiver: LibrarySink) -> Summaries:
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
                wanted = receiver.wants(_PARAMETERS)
                summaries_for(receiver).report(
                    receiver, self.get_logdir(), event.summary.value, event.step, parameters=wanted
                )
        return result

    writer_class.add_event = add_event

    def undo() -> None:
        if writer_class.add_event is add_event:
            writer_class.add_event = original

    return undo
