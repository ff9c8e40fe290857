"""A text that a task has of an argument of ``argparse``, as the value that its parser would make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pellucid.hooks.texts import items

if TYPE_CHECKING:
    # The library is in the program already; it takes a millisecond to import.
    from argparse import Action, ArgumentParser

_TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


def cast(parser: ArgumentParser, action: Action, text: str) -> Any:
    """A text as an argument's value (sdk-surface §4.3, remote).

    Raises:
        Exception: of the parser or the argument's type, which name the argument, for a text that can't be one.
    """
    if text == str(action.default) or (text == "" and action.default is None):
        return action.default
    if _is(parser, action, "count"):
        return int(text)
    if _is(parser, action, "append_const"):
        return items(text)
    if action.const is not None and text == str(action.const):
        return action.const
    if action.nargs == 0 or isinstance(action.default, bool) or action.type is bool:
        return _TRUTHS.get(text.strip().lower(), action.default if action.const is None else action.const)
    if _is(parser, action, "append") and action.nargs is not None and not _is(parser, action, "extend"):
        return [[_one(parser, action, item) for item in several] for several in items(text)]
    if _takes_several(parser, action):
        return [_one(parser, action, item) for item in items(text)]
    if action.type is None and isinstance(action.default, int | float):
        return _number(action.default, text)
    return _one(parser, action, text)


def _one(parser: ArgumentParser, action: Action, value: Any) -> Any:
    found = parser._get_value(action, str(value))
    parser._check_value(action, found)
    return found


def _is(parser: ArgumentParser, action: Action, name: str) -> bool:
    """Whether an action is of the kind that a parser knows by a name."""
    return isinstance(action, parser._registry_get("action", name, ()))


def _takes_several(parser: ArgumentParser, action: Action) -> bool:
    several = action.nargs in ("*", "+", "...") or isinstance(action.nargs, int)
    return several or isinstance(action.default, list) or _is(parser, action, "append")


def _number(default: float, text: str) -> Any:
    """What looks as the default does: a whole number may become another one, and text stays text."""
    for kind in (type(default), float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
