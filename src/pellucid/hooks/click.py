"""``click``, and Typer's own copy of it: parameters and chosen commands (sdk-surface M26, §4.4).

Parameters of the program itself go by their names; those of its commands by ``command/name``, beside a switch for each
command. The task's values are given to click as its defaults, so that it turns texts into values itself, and what
somebody types wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Argument, CommandLineSinkOfTheDay
from pellucid.hooks.texts import items, says
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "click"
_COMMAND: Final = "click.Command"


def patch(library: Any, sink: CommandLineSinkOfTheDay) -> Undo:
    """Observe all commands.

    Args:
        library: the imported module with ``Command``.
        sink: whom to report to.
    """

    def make_context(
        original: Callable[..., Any], self: Any, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        with guarded(_NAME):
            if not extra.get("resilient_parsing"):  # completion of a line that is being typed
                prefix = _prefix(parent, info_name)
                overrides = sink().argument_overrides()
                if overrides:
                    extra["default_map"] = _defaults(self, prefix, overrides, parent, info_name, extra)
                    args = _with_command(self, prefix, overrides, args)
        context = original(self, info_name, args, parent, **extra)
        with guarded(_NAME):
            if not context.resilient_parsing:
                sink().report_arguments(list(_arguments(context)))
        return context

    return wrap(library.Command, "make_context", make_context)


def _prefix(parent: Any, name: str | None) -> str:
    """What precedes the names of a command's parameters: the way to it from the program."""
    way = [name or ""] if parent is not None else []
    while parent is not None and parent.parent is not None:
        way.append(parent.info_name or "")
        parent = parent.parent
    return "".join(f"{step}/" for step in reversed(way))


def _arguments(context: Any) -> Iterator[Argument]:
    prefix = _prefix(context.parent, context.info_name)
    if prefix:
        yield Argument(prefix[:-1], True, _COMMAND)
    for param in _params(context.command):
        yield _argument(param, prefix, context.params.get(param.name))
    yield from _others(context.command, prefix)


def _others(command: Any, prefix: str) -> Iterator[Argument]:
    """Commands below one, of which none was chosen yet, with their defaults."""
    for name, inner in (getattr(command, "commands", None) or {}).items():
        yield Argument(f"{prefix}{name}", False, _COMMAND)
        for param in _params(inner):
            yield _argument(param, f"{prefix}{name}/", _default(param))
        yield from _others(inner, f"{prefix}{name}/")


def _argument(param: Any, prefix: str, value: Any) -> Argument:
    if hasattr(value, "read") and hasattr(value, "name"):  # an open file
        value = value.name
    kind = getattr(param, "type", None)  # Typer's have none
    return Argument(f"{prefix}{param.name}", value, None if kind is None else str(kind), getattr(param, "help", None))


def _params(command: Any) -> Iterator[Any]:
    """Those with a value that is no secret."""
    for param in command.params:
        if param.expose_value and param.name and not getattr(param, "hide_input", False):
            yield param


def _default(param: Any) -> Any:
    """What the program gives; ``None`` for what is found out when it is needed, and for click's mark of none."""
    value = param.default
    return value if isinstance(value, str | int | float | list | tuple) else None


def _defaults(
    command: Any,
    prefix: str,
    overrides: Mapping[str, str],
    parent: Any,
    name: str | None,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The program's own map of defaults, with the task's over it."""
    inherited = ((getattr(parent, "default_map", None) or {}).get(name) if parent is not None else None) or {}
    own = extra.get("default_map", command.context_settings.get("default_map")) or {}
    ours = {
        param.name: _value(param, overrides[f"{prefix}{param.name}"])
        for param in _params(command)
        if f"{prefix}{param.name}" in overrides and not says(overrides[f"{prefix}{param.name}"], _default(param))
    }
    return {**inherited, **own, **ours}


def _value(param: Any, text: str) -> Any:
    """A text as click takes it: several values as a list."""
    return items(text) if param.nargs != 1 or getattr(param, "multiple", False) else text


def _with_command(command: Any, prefix: str, overrides: Mapping[str, str], args: Sequence[str]) -> list[str]:
    """The arguments, with the chosen command where none is given: an agent gives none."""
    if args:
        return list(args)
    names = getattr(command, "commands", None) or {}
    return [name for name in names if overrides.get(f"{prefix}{name}", "").lower() == "true"]
