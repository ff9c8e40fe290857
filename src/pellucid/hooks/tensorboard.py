"""TensorBoard's event files, whoever writes them: ``tensorboard`` itself, which PyTorch's ``SummaryWriter`` uses,
``tensorboardX``, and the first version of TensorFlow (sdk-surface §4.10)."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.tensorboard_summaries import RunSummaries
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "tensorboard"


def patch(library: ModuleType, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe all writers.

    Args:
        library: the imported module with ``EventFileWriter``.
        sink: whom to report to.
    """
    runs = RunSummaries()

    def add_event(original: Callable[..., Any], self: Any, event: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, event, *args, **kwargs)
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None and event.HasField("summary"):
                runs.of(receiver).report(receiver, self.get_logdir(), event.summary.value, event.step)
        return result

    return wrap(library.EventFileWriter, "add_event", add_event)
