"""Python Fire: arguments of the functions that it calls, and the commands on the way (sdk-surface M27, §4.5).

Arguments of what is called first go by their names, those of commands by ``command/name``. Fire reads its own flags
with ``argparse``, whose hook sees them.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Argument, CommandLineSinkOfTheDay
from pellucid.hooks.texts import items, says
from pellucid.hooks.wrapping import Undo, all_of, wrap

_NAME: Final = "fire"
_COMMAND: Final = "fire.Command"
_KINDS: Final = inspect.Parameter


class _Way(threading.local):
    """The commands that led to where Fire is."""

    def __init__(self) -> None:
        self.commands: list[str] = []


def patch(library: Any, sink: CommandLineSinkOfTheDay) -> Undo:
    """Observe Fire's steps from one component to the next.

    Args:
        library: the imported ``fire.core``.
        sink: whom to report to.
    """
    way = _Way()

    def run(original: Callable[..., Any], component: Any, args: list[str], *rest: Any, **kwargs: Any) -> Any:
        way.commands = []
        with guarded(_NAME):
            if not args:
                args = list(_command_line(component, sink().argument_overrides(), ""))
            sink().report_arguments([Argument(name, False, _COMMAND) for name in _commands(component)])
        return original(component, args, *rest, **kwargs)

    def get_member(original: Callable[..., Any], component: Any, args: list[str]) -> Any:
        found = original(component, args)
        with guarded(_NAME):
            way.commands.append(found[1][0])
            sink().report_arguments([Argument("/".join(way.commands), True, _COMMAND)])
        return found

    def make_parse_function(original: Callable[..., Any], function: Any, metadata: Any) -> Any:
        parse = original(function, metadata)

        def parse_and_report(args: list[str]) -> Any:
            result = parse(args)
            with guarded(_NAME):
                (positional, keywords), *_ = result
                sink().report_arguments(list(_arguments(function, positional, keywords, way.commands)))
            return result

        return parse_and_report

    return all_of(
        wrap(library, "_Fire", run),
        wrap(library, "_GetMember", get_member),
        wrap(library, "_MakeParseFn", make_parse_function),
    )


def _arguments(function: Any, positional: list[Any], keywords: Mapping[str, Any], way: list[str]) -> Iterator[Argument]:
    prefix = "".join(f"{command}/" for command in way)
    kind = f"fire.Arg@{'/'.join(way)}" if way else "fire.Arg.shared"
    parameters = inspect.signature(function).parameters
    bound = inspect.signature(function).bind_partial(*positional, **keywords)
    bound.apply_defaults()
    for name, value in bound.arguments.items():
        if parameters[name].kind is _KINDS.VAR_KEYWORD:
            yield from (Argument(f"{prefix}{key}", inner, kind) for key, inner in value.items())
        else:
            yield Argument(f"{prefix}{name}", list(value) if isinstance(value, tuple) else value, kind)


def _commands(component: Any) -> Iterator[str]:
    """What can be chosen first, but for what is not meant to be."""
    if callable(component) and not inspect.isclass(component):
        return
    members = component if isinstance(component, Mapping) else dict(inspect.getmembers(component, callable))
    yield from (str(name) for name in members if not str(name).startswith("_"))


def _command_line(component: Any, overrides: Mapping[str, str], prefix: str) -> Iterator[str]:
    """What somebody would type to get a task's values, where nothing was typed: an agent gives no arguments."""
    if not overrides:
        return
    if callable(component):
        yield from _typed_arguments(component, overrides, prefix)
    for name in _commands(component):
        if overrides.get(f"{prefix}{name}") == "True":
            yield name
            inner = component[name] if isinstance(component, Mapping) else getattr(component, name)
            yield from _command_line(inner, overrides, f"{prefix}{name}/")
            return


def _typed_arguments(function: Any, overrides: Mapping[str, str], prefix: str) -> Iterator[str]:
    for name, parameter in inspect.signature(function).parameters.items():
        text = overrides.get(f"{prefix}{name}")
        if text is None or (parameter.default is not parameter.empty and says(text, parameter.default)):
            continue
        if parameter.kind is _KINDS.VAR_POSITIONAL:
            yield from (str(item) for item in items(text))
        else:
            # Fire makes numbers and lists of what looks like some.
            yield f"--{name}={text!r}" if isinstance(parameter.default, str) else f"--{name}={text}"
