"""``tensorflow``: saved models and checkpoints, of both of its versions' ways; Keras is a library of its own.

A checkpoint is several files that share the beginning of their names; one of them, the index, stands for it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
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
        *(saves(_NAME, checkpoint, name, _written, sink, _FRAMEWORK) for name in ("save", "write")),
        *(loads(_NAME, checkpoint, name, partial(_read, 1), sink, _FRAMEWORK) for name in ("restore", "read")),
        saves(_NAME, library.train.CheckpointManager, "save", _written, sink, _FRAMEWORK),
        saves(_NAME, saver, "save", _written, sink, _FRAMEWORK),
        loads(_NAME, saver, "restore", partial(_read, 2), sink, _FRAMEWORK),
    )


def _written(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Any:
    """What is returned has the number of the save behind it."""
    return _index(result)


def _read(place: int, args: Sequence[Any], kwargs: Mapping[str, Any], _: Any) -> Any:
    return _index(kwargs.get("save_path", args[place] if len(args) > place else None))


def _index(prefix: Any) -> str | None:
    return None if prefix is None else f"{os.fspath(prefix)}.index"
