"""PyTorch Ignite, which MONAI trains with: checkpoints on the disk, which are written under another name first."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.torch import FRAMEWORK
from pellucid.hooks.weights import saves
from pellucid.hooks.wrapping import Undo

_NAME: Final = "ignite"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``DiskSaver``.

    Args:
        library: the imported ``ignite.handlers.checkpoint``.
        sink: whom to report to.
    """
    return saves(_NAME, library.DiskSaver, "__call__", _path, sink, FRAMEWORK)


def _path(args: Sequence[Any], kwargs: Mapping[str, Any], _: Any) -> Any:
    saver, *rest = args
    name = kwargs.get("filename", rest[1] if len(rest) > 1 else None)
    return None if name is None else os.path.join(saver.dirname, name)
