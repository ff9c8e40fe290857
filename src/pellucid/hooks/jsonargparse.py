"""``jsonargparse``, and Lightning's command line, which is made of it (sdk-surface M28, §4.6).

Names are dotted, as they are typed. The task's values are put before what somebody types, so that the latter wins.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Argument, CommandLineSinkOfTheDay
from pellucid.hooks.texts import says
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "jsonargparse"
_COMMAND: Final = "subcommand"
_NOT_ARGUMENTS: Final = {"help", "config", "print_config"}


def patch(library: Any, sink: CommandLineSinkOfTheDay) -> Undo:
    """Observe all parsers.

    Args:
        library: the imported module with ``ArgumentParser``.
        sink: whom to report to.
    """
    nesting = threading.local()

    def parse_args(original: Callable[..., Any], self: Any, args: Any = None, *rest: Any, **kwargs: Any) -> Any:
        if getattr(nesting, "inside", False):  # the parser of a sub-command
            return original(self, args, *rest, **kwargs)
        nesting.inside = True
        try:
            with guarded(_NAME):
                overrides = sink().argument_overrides()
                if overrides:
                    args = _command_line(self, overrides, sys.argv[1:] if args is None else args)
            namespace = original(self, args, *rest, **kwargs)
        finally:
            nesting.inside = False
        with guarded(_NAME):
            sink().report_arguments(list(_arguments(self, namespace)))
        return namespace

    return wrap(library.ArgumentParser, "parse_args", parse_args)


def _arguments(parser: Any, namespace: Any) -> Iterator[Argument]:
    actions = {action.dest: action for action in parser._actions}
    for name, value in namespace.items():
        if name.startswith("__"):
            continue
        kind = "jsonargparse.Command" if name == _COMMAND else None
        if name.rpartition(".")[2] == "config":
            value, kind = _paths(value), "jsonargparse_path"
        yield Argument(name, _plain(value), kind, getattr(actions.get(name), "help", None))


def _plain(value: Any) -> Any:
    """Descriptions of objects, such as those in a list of callbacks, in the form that they are typed in."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.as_dict() if hasattr(value, "as_dict") else value


def _paths(value: Any) -> Any:
    return [str(path) for path in value] if isinstance(value, list) else value


def _command_line(parser: Any, overrides: Mapping[str, str], typed: Sequence[str]) -> list[str]:
    """What gives the task's values, and then what was typed."""
    command = overrides.get(_COMMAND)
    choices = getattr(getattr(parser, "_subcommands_action", None), "_name_parser_map", {})
    if command is None or command not in choices or (typed and command not in typed):
        return [*_options(parser, overrides, ""), *typed]
    place = typed.index(command) if command in typed else 0
    inner = _options(choices[command], overrides, f"{command}.")
    return [*_options(parser, overrides, ""), *typed[:place], command, *inner, *typed[place + 1 :]]


def _options(parser: Any, overrides: Mapping[str, str], prefix: str) -> Iterator[str]:
    options = {option for action in parser._actions for option in action.option_strings}
    required = {action.dest: action for action in parser._actions if not action.option_strings}
    positional: list[str] = []
    defaults = dict(parser.get_defaults(skip_validation=True).items())
    for full_name, text in overrides.items():
        name = full_name.removeprefix(prefix)
        if not full_name.startswith(prefix) or name in _NOT_ARGUMENTS or says(text, defaults.get(name)):
            continue
        if name in required and name != _COMMAND:
            positional.append(text)
        elif f"--{name}" in options or f"--{_root(name)}" in options:
            yield f"--{name}={text}"
    yield from positional


def _root(name: str) -> str:
    """The argument that a dotted name belongs to, if it is a part of a class that is an argument."""
    for part in (".class_path", ".init_args"):
        if part in name:
            return name.partition(part)[0]
    return name
