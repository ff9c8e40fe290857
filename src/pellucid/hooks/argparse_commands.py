"""The commands of a parser of ``argparse``: which one was chosen, and choosing the one that a task has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pellucid.hooks.sink import Argument
from pellucid.hooks.texts import items

if TYPE_CHECKING:
    # The library is handed in, never imported.
    from argparse import Action, ArgumentParser

Chosen: TypeAlias = "list[ArgumentParser]"
"""The parsers of the commands that were chosen, from the program's own on."""

_NOT_ARGUMENTS: Final = {"==SUPPRESS==", "help", "version"}
_TYPE: Final = "argparse.Command"


def actions_of(parser: ArgumentParser) -> Iterator[Action]:
    """The actions of a parser and of its commands that leave something in the namespace, but for commands themselves:
    a default chooses none."""
    commands = _commands_of(parser)
    yield from (action for action in parser._actions if action.dest not in _NOT_ARGUMENTS and action is not commands)
    for inner in dict.fromkeys(_parsers(commands).values()):  # an alias is the same parser again
        yield from actions_of(inner)


def chosen_command(parser: ArgumentParser, chosen: Chosen) -> Iterator[Argument]:
    """The commands that the namespace does not have, as the program has given them no name (sdk-surface §4.3)."""
    for depth, inner in enumerate(chosen):
        commands = _commands_of(parser)
        name = next((name for name, other in _parsers(commands).items() if other is inner), None)
        if commands is not None and name is not None and commands.dest in _NOT_ARGUMENTS:
            yield Argument(_name_of(parser, commands, depth), name, _TYPE)
        parser = inner


def with_command(
    parser: ArgumentParser, overrides: Mapping[str, str], args: Sequence[str], depth: int = 0
) -> Sequence[str]:
    """A command line, with the task's command behind it where none was typed: an agent gives none."""
    commands = _commands_of(parser)
    name = None if commands is None else overrides.get(_name_of(parser, commands, depth))
    parsers = _parsers(commands)
    if name is None or name not in parsers or any(arg in parsers for arg in args):
        return args
    # Else they would take the command for their value.
    before = [] if args else list(_positionals_before(parser, commands, overrides))
    return [*args, *before, name, *with_command(parsers[name], overrides, [], depth + 1)]


def _positionals_before(parser: ArgumentParser, commands: Any, overrides: Mapping[str, str]) -> Iterator[str]:
    for action in parser._actions:
        if action is commands:
            return
        if not action.option_strings and action.dest in overrides and action.nargs not in ("?", "*"):
            text = overrides[action.dest]
            yield from [text] if action.nargs is None else map(str, items(text))


def _commands_of(parser: ArgumentParser) -> Any:
    """The action that chooses a command; ``None`` without any."""
    return next((action for action in parser._actions if _parsers(action)), None)


def _parsers(action: Any) -> Mapping[str, Any]:
    choices = getattr(action, "choices", None)
    is_commands = isinstance(choices, Mapping) and all(hasattr(inner, "_actions") for inner in choices.values())
    return choices if is_commands else {}  # type: ignore[return-value]  # it is a mapping


def _name_of(parser: ArgumentParser, commands: Action, depth: int) -> str:
    """What the command goes by among the arguments."""
    if commands.dest not in _NOT_ARGUMENTS:
        return commands.dest
    group = parser._subparsers
    title = None if group is None or group is parser._positionals else group.title
    return f"/{title or f'subparser{depth + 1}'}"
