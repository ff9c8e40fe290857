"""``argparse``: the arguments of the program, defaults and given ones (sdk-surface §4.3).

``parse_known_args`` is what all ways of parsing end in. A parser may parse before there is a sink; what it found is
kept until one comes. Where the sink has values to put in place of the program's own, they become the parser's defaults
while it parses, so that the parser itself turns text into values, and the command that it has is put on the command
line.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pellucid.hooks.argparse_commands import Chosen, actions_of, chosen_command, with_command
from pellucid.hooks.argparse_values import cast
from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Argument, Sink, SinkOfTheDay
from pellucid.hooks.waiting import waiting
from pellucid.hooks.wrapping import wrap

if TYPE_CHECKING:
    # The library is handed in, never imported.
    from argparse import Action, ArgumentParser, Namespace

_NAME: Final = "argparse"
_SUPPRESSED: Final = "==SUPPRESS=="
_REMEMBERED: Final = 16
"""Parsers that are kept for a sink that comes later."""


class _Parsed(NamedTuple):
    """A parser that has parsed, what it found, and the commands in it that were chosen."""

    parser: ArgumentParser
    namespace: Namespace
    chosen: Chosen


class _Way(threading.local):
    """The parsers of commands that this thread is in, below the program's own."""

    chosen: Chosen | None = None


_parsed_early: list[_Parsed] = []
_way = _Way()


def patch(library: ModuleType, sink: SinkOfTheDay) -> Callable[[], None]:
    """Observe all parsers.

    Args:
        library: the imported ``argparse``.
        sink: whom to report to.
    """

    def parse_known_args(
        original: Callable[..., Any], self: ArgumentParser, args: Any = None, *rest: Any, **kwargs: Any
    ) -> Any:
        if _way.chosen is not None:  # the parser of a command; its arguments end up in the same namespace
            _way.chosen.append(self)
            return original(self, args, *rest, **kwargs)
        chosen = _way.chosen = []
        try:
            with _overriding(self, sink) as overrides:
                with guarded(_NAME):
                    args = with_command(self, overrides, sys.argv[1:] if args is None else args)
                result = original(self, args, *rest, **kwargs)
        finally:
            _way.chosen = None
        with guarded(_NAME):
            _observe(_Parsed(self, result[0], chosen), sink)
        return result

    take_out = wrap(library.ArgumentParser, "parse_known_args", parse_known_args)

    def undo() -> None:
        take_out()
        _parsed_early.clear()

    return undo


def replay(receiver: Sink) -> None:
    """Give a sink what was parsed before it came; values that it puts in place of the program's own go into the
    namespaces that the program has."""
    with guarded(_NAME):
        overrides = receiver.argument_overrides()
        for parsed in _parsed_early:
            for action, value in _values(parsed.parser, overrides):
                if hasattr(parsed.namespace, action.dest):
                    setattr(parsed.namespace, action.dest, value)
            receiver.report_arguments(list(_arguments(parsed)))
        _parsed_early.clear()


def arguments_of(parser: ArgumentParser, namespace: Namespace) -> Iterator[Argument]:
    """What a parser has found, with what it knows about it."""
    return _arguments(_Parsed(parser, namespace, []))


def _arguments(parsed: _Parsed) -> Iterator[Argument]:
    actions = {action.dest: action for action in actions_of(parsed.parser)}
    found = vars(parsed.namespace)
    yield from chosen_command(parsed.parser, parsed.chosen)
    for name, value in found.items():
        if not name.startswith("_") and _is_plain(value):
            yield _argument(name, value, actions.get(name))
    # Of commands that were not chosen, so that a task has them when another one is.
    for name, action in actions.items():
        if name not in found and action.default != _SUPPRESSED and _is_plain(action.default):
            yield _argument(name, action.default, action)


def _argument(name: str, value: Any, action: Action | None) -> Argument:
    kind = getattr(action.type, "__name__", None) if action and isinstance(action.type, type) else None
    # Some are made when they are asked for, as Hydra's are.
    description = str(action.help) if action is not None and action.help is not None else None
    return Argument(name, value, kind if value is not None else None, description)


def _observe(parsed: _Parsed, sink: SinkOfTheDay) -> None:
    receiver = sink()
    if receiver is not None:
        receiver.report_arguments(list(_arguments(parsed)))
    else:
        _parsed_early.append(parsed)
        del _parsed_early[:-_REMEMBERED]


@contextmanager
def _overriding(parser: ArgumentParser, sink: SinkOfTheDay) -> Iterator[Mapping[str, str]]:
    """Let a parser start from the sink's values; yields them."""
    restore: list[Callable[[], None]] = []
    overrides: Mapping[str, str] = {}
    with guarded(_NAME):
        overrides = (sink() or waiting).argument_overrides()
        _put_defaults(parser, overrides, restore)
    try:
        yield overrides
    finally:
        for undo in restore:
            undo()


def _put_defaults(parser: ArgumentParser, overrides: Mapping[str, str], restore: list[Callable[[], None]]) -> None:
    for action, value in _values(parser, overrides):
        restore.append(functools.partial(_set, action, default=action.default, required=action.required))
        _set(action, default=value, required=False)
    for group in parser._mutually_exclusive_groups:
        if group.required and any(action.dest in overrides for action in group._group_actions):
            restore.append(functools.partial(setattr, group, "required", True))
            group.required = False


def _values(parser: ArgumentParser, overrides: Mapping[str, str]) -> Iterator[tuple[Action, Any]]:
    """The actions that a task has values for, with them; one that does not fit leaves the program's own (sdk-surface
    §4.3)."""
    for action in actions_of(parser):
        if action.dest in overrides:
            with guarded(_NAME, f"The task's value of the argument {action.dest} is not used."):
                yield action, cast(parser, action, overrides[action.dest])


def _set(action: Action, *, default: Any, required: bool) -> None:
    action.default, action.required = default, required


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | list | tuple) or not callable(value)
