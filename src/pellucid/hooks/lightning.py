"""PyTorch Lightning, under both of its names: checkpoints of a trainer, which it writes past ``torch.save``'s paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.torch import FRAMEWORK
from pellucid.hooks.weights import saves
from pellucid.hooks.wrapping import Undo

_NAME: Final = "lightning"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``Trainer.save_checkpoint``, which all callbacks that save end in.

    Args:
        library: the imported module with ``Trainer``.
        sink: whom to report to.
    """
    return saves(_NAME, library.Trainer, "save_checkpoint", _path, sink, FRAMEWORK)


def _path(args: Sequence[Any], kwargs: Mapping[str, Any], _: Any) -> Any:
    trainer, *rest = args
    return kwargs.get("filepath", rest[0] if rest else None) if trainer.is_global_zero else None
