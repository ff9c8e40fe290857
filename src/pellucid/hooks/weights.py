"""Functions of libraries that write or read a file of weights (sdk-surface §4.19)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.wrapping import Undo, wrap

Framework: TypeAlias = str | Callable[[Sequence[Any], Any], str] | None
"""What the weights are for, or how to tell by what the function was called with and what it returned."""


Finder: TypeAlias = Callable[[Sequence[Any], Mapping[str, Any], Any], Any]
"""Finds the path in what a function was called with and what it returned; ``None`` for none."""


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


FileOf: TypeAlias = File | Finder


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


class _Calls(threading.local):
    """Of functions that write or read weights, those that this thread is in."""

    depth = 0


_calls = _Calls()


def saves(hook: str, owner: Any, function: str, file: FileOf, sink: LibrarySinkOfTheDay, framework: Framework) -> Undo:
    """Observe a function that writes weights.

    What it calls to write them, of this library or another, is part of it.

    Args:
        hook: the library, for warnings.
        owner: the module or class that has the function.
        function: its name.
        file: which argument says where, or what finds the path in what the function was called with.
        sink: whom to report to.
        framework: what the weights are for.
    """
    return _observe(hook, owner, function, file, sink, framework, "model_saved")


def loads(hook: str, owner: Any, function: str, file: FileOf, sink: LibrarySinkOfTheDay, framework: Framework) -> Undo:
    """Observe a function that reads weights. Arguments as of ``saves``."""
    return _observe(hook, owner, function, file, sink, framework, "model_loaded")


def _observe(
    hook: str,
    owner: Any,
    function: str,
    file: FileOf,
    sink: LibrarySinkOfTheDay,
    framework: Framework,
    what: Literal["model_saved", "model_loaded"],
) -> Undo:
    def call(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        receiver = None
        with guarded(hook):
            receiver = None if _calls.depth else sink()
        if receiver is None:
            return original(*args, **kwargs)
        _calls.depth += 1
        try:
            result = original(*args, **kwargs)
        finally:
            _calls.depth -= 1
        with guarded(hook):
            path = file.path(args, kwargs) if isinstance(file, File) else path_of(file(args, kwargs, result))
            if path is not None:
                getattr(receiver, what)(path, _named(framework, args, result))
        return result

    return wrap(owner, function, call)


def _named(framework: Framework, args: Sequence[Any], result: Any) -> str | None:
    return framework(args, result) if callable(framework) else framework
