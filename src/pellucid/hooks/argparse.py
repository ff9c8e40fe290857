"""``argparse``: the arguments of the program, defaults and given ones (sdk-surface §4.3).

``parse_known_args`` is what all ways of parsing end in. A parser may parse before there is a sink; what it found is
kept until one comes. Where the sink has values to put in place of the program's own, they become the parser's defaults
while it parses, so that the parser itself turns text into values.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Argument, Sink, SinkOfTheDay
from pellucid.hooks.texts import items
from pellucid.hooks.waiting import waiting

if TYPE_CHECKING:
    # The library is handed in, never imported.
    from argparse import Action, ArgumentParser, Namespace

_NAME: Final = "argparse"
_NOT_ARGUMENTS: Final = {"==SUPPRESS==", "help", "version"}
_REMEMBERED: Final = 16
"""Parsers that are kept for a sink that comes later."""

_parsed_early: list[tuple[ArgumentParser, Namespace]] = []
_nesting = threading.local()


def patch(library: ModuleType, sink: SinkOfTheDay) -> Callable[[], None]:
    """Observe all parsers.

    Args:
        library: the imported ``argparse``.
        sink: whom to report to.
    """
    parser_class = library.ArgumentParser
    original = parser_class.parse_known_args

    @functools.wraps(original)
    def parse_known_args(self: ArgumentParser, *args: Any, **kwargs: Any) -> Any:
        depth = getattr(_nesting, "depth", 0)
        if not active or depth:  # a sub-parser's arguments end up in the same namespace
            return original(self, *args, **kwargs)
        _nesting.depth = depth + 1
        try:
            with _overriding(self, sink):
                result = original(self, *args, **kwargs)
        finally:
            _nesting.depth = depth
        with guarded(_NAME):
            _observe(self, result[0], sink)
        return result

    active = True
    parser_class.parse_known_args = parse_known_args

    def undo() -> None:
        nonlocal active
        active = False
        if parser_class.parse_known_args is parse_known_args:
            parser_class.parse_known_args = original
        _parsed_early.clear()

    return undo


def replay(receiver: Sink) -> None:
    """Give a sink what was parsed before it came; values that it puts in place of the program's own go into the
    namespaces that the program has."""
    with guarded(_NAME):
        overrides = receiver.argument_overrides()
        for parser, namespace in _parsed_early:
            for action in _actions(parser):
                if action.dest in overrides and hasattr(namespace, action.dest):
                    with guarded(_NAME):
                        setattr(namespace, action.dest, _cast(parser, action, overrides[action.dest]))
            receiver.report_arguments(list(arguments_of(parser, namespace)))
        _parsed_early.clear()


def arguments_of(parser: ArgumentParser, namespace: Namespace) -> Iterator[Argument]:
    """What a parser has found, with what it knows about it."""
    actions = {action.dest: action for action in _actions(parser)}
    for name, value in vars(namespace).items():
        action = actions.get(name)
        if name.startswith("_") or not _is_plain(value):
            continue
        kind = getattr(action.type, "__name__", None) if action and isinstance(action.type, type) else None
        # Some are made when they are asked for, as Hydra's are.
        description = str(action.help) if action is not None and action.help is not None else None
        yield Argument(name, value, kind if value is not None else None, description)


def _observe(parser: ArgumentParser, namespace: Namespace, sink: SinkOfTheDay) -> None:
    receiver = sink()
    if receiver is not None:
        receiver.report_arguments(list(arguments_of(parser, namespace)))
    else:
        _parsed_early.append((parser, namespace))
        del _parsed_early[:-_REMEMBERED]


@contextmanager
def _overriding(parser: ArgumentParser, sink: SinkOfTheDay) -> Iterator[None]:
    """Let a parser start from the sink's values: as texts, which it turns into values itself."""
    restore: list[Callable[[], None]] = []
    with guarded(_NAME):
        _put_defaults(parser, (sink() or waiting).argument_overrides(), restore)
    try:
        yield
    finally:
        for undo in restore:
            undo()


def _put_defaults(parser: ArgumentParser, overrides: Mapping[str, str], restore: list[Callable[[], None]]) -> None:
    for action in _actions(parser):
        if action.dest in overrides:
            with guarded(_NAME):
                value = _cast(parser, action, overrides[action.dest])
                restore.append(functools.partial(_set, action, default=action.default, required=action.required))
                _set(action, default=value, required=False)
    for group in parser._mutually_exclusive_groups:
        if group.required and any(action.dest in overrides for action in group._group_actions):
            restore.append(functools.partial(setattr, group, "required", True))
            group.required = False


def _set(action: Action, *, default: Any, required: bool) -> None:
    action.default, action.required = default, required


def _cast(parser: ArgumentParser, action: Action, text: str) -> Any:
    """A text as this argument's value; one that can't be leaves the program's own default (sdk-surface §4.3)."""
    if text == str(action.default) or (text == "" and action.default is None):
        return action.default
    if action.nargs == 0 or isinstance(action.default, bool):
        known = {"true": True, "1": True, "false": False, "0": False, "": False}
        return known.get(text.strip().lower(), action.default if action.const is None else action.const)
    if action.nargs in ("*", "+") or isinstance(action.nargs, int) or isinstance(action.default, list):
        return [parser._get_value(action, str(item)) for item in items(text)]
    if action.type is None and isinstance(action.default, int | float):
        try:
            return type(action.default)(text)
        except ValueError:
            return float(text) if _is_number(text) else text
    return parser._get_value(action, text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """The actions of a parser and of its sub-parsers that leave something in the namespace."""
    for action in parser._actions:
        if action.dest not in _NOT_ARGUMENTS:
            yield action
        choices = getattr(action, "choices", None)
        if isinstance(choices, Mapping):
            seen: set[int] = set()
            for inner in choices.values():
                if hasattr(inner, "_actions") and id(inner) not in seen:
                    seen.add(id(inner))  # an alias is the same parser again
                    yield from _actions(inner)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | list | tuple) or not callable(value)
