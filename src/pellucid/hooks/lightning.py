"""PyTorch Lightning, under both of its names: checkpoints of a trainer, which it writes past ``torch.save``'s paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.torch import FRAMEWORK
from pellucid.hooks.weights import path_of
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "lightning"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``Trainer.save_checkpoint``, which all callbacks that save end in.

    Args:
        library: the imported module with ``Trainer``.
        sink: whom to report to.
    """

    def save_checkpoint(original: Callable[..., Any], self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, filepath, *args, **kwargs)
        with guarded(_NAME):
            receiver, path = sink(), path_of(filepath)
            if receiver is not None and path is not None and self.is_global_zero:
                receiver.model_saved(path, FRAMEWORK)
        return result

    return wrap(library.Trainer, "save_checkpoint", save_checkpoint)
