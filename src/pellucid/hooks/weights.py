"""Functions of libraries that write or read a file of weights (sdk-surface §4.19)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.wrapping import Undo, wrap

Framework: TypeAlias = str | Callable[[Sequence[Any], Any], str] | None
"""What the weights are for, or how to tell by what the function was called with and what it returned."""


class File(NamedTuple):
    """The argument of a function that says which file.

    Attributes:
        place: among the positional ones, from 0; the first one of a method is its object.
        name: as a keyword.
    """

    place: int
    name: str

    def path(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Path | None:
        """The path in a call; ``None`` for what has none."""
        target = kwargs.get(self.name, args[self.place] if len(args) > self.place else None)
        return path_of(target)


def path_of(target: Any) -> Path | None:
    """The path of what was given for a file: a path, or an open file that has a name, with all that was written so far
    on the disk; ``None`` for anything else, such as a buffer in memory."""
    if isinstance(target, str | os.PathLike):
        return Path(os.fsdecode(target))
    name = getattr(target, "name", None)
    if not isinstance(name, str) or not os.path.isfile(name):
        return None
    flush = getattr(target, "flush", None)
    if callable(flush) and not getattr(target, "closed", False):
        flush()
    return Path(name)


def saves(hook: str, owner: Any, function: str, file: File, sink: LibrarySinkOfTheDay, framework: Framework) -> Undo:
    """Observe a function that writes weights.

    Args:
        hook: the library, for warnings.
        owner: the module or class that has the function.
        function: its name.
        file: which argument says where.
        sink: whom to report to.
        framework: what the weights are for.
    """

    def save(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        with guarded(hook):
            receiver, path = sink(), file.path(args, kwargs)
            if receiver is not None and path is not None:
                receiver.model_saved(path, _named(framework, args, result))
        return result

    return wrap(owner, function, save)


def loads(hook: str, owner: Any, function: str, file: File, sink: LibrarySinkOfTheDay, framework: Framework) -> Undo:
    """Observe a function that reads weights. Arguments as of ``saves``."""

    def load(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        with guarded(hook):
            receiver, path = sink(), file.path(args, kwargs)
            if receiver is not None and path is not None:
                receiver.model_loaded(path, _named(framework, args, result))
        return result

    return wrap(owner, function, load)


def _named(framework: Framework, args: Sequence[Any], result: Any) -> str | None:
    return framework(args, result) if callable(framework) else framework
