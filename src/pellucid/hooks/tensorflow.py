"""``tensorflow``: saved models and checkpoints, of both of its versions' ways; Keras is a library of its own.

A checkpoint is several files that share the beginning of their names, which is its path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of

_FRAMEWORK: Final = "TensorFlow"
_NAME: Final = "tensorflow"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``saved_model``, ``train.Checkpoint`` and the first version's ``Saver``.

    Args:
        library: the imported ``tensorflow``.
        sink: whom to report to.
    """
    checkpoint, saver = library.train.Checkpoint, library.compat.v1.train.Saver
    return all_of(
        saves(_NAME, library.saved_model, "save", File(1, "export_dir"), sink, _FRAMEWORK),
        loads(_NAME, library.saved_model, "load", File(0, "export_dir"), sink, _FRAMEWORK),
        *(saves(_NAME, checkpoint, name, _returned, sink, _FRAMEWORK) for name in ("save", "write")),
        loads(_NAME, checkpoint, "restore", File(1, "save_path"), sink, _FRAMEWORK),
        loads(_NAME, checkpoint, "read", File(1, "save_path"), sink, _FRAMEWORK),
        saves(_NAME, saver, "save", _returned, sink, _FRAMEWORK),
        loads(_NAME, saver, "restore", File(2, "save_path"), sink, _FRAMEWORK),
    )


def _returned(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Any:
    """The path with the number that was put behind it."""
    return result
