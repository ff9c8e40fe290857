"""``tyro``: the arguments of the type or function that it fills, by dotted names.

The task's values are put before what somebody types, so that the latter wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Argument, CommandLineSinkOfTheDay
from pellucid.hooks.texts import items, says
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "tyro"
_OUTERMOST: Final = "__tyro-dummy-inner__"
"""What tyro calls a type that is no structure itself, such as a choice among several."""

_CHOICE: Final = " (positional)"
"""What the name of a choice among commands ends with."""

_COMMAND: Final = "subcommand"


def patch(library: Any, sink: CommandLineSinkOfTheDay) -> Undo:
    """Observe the parser.

    Args:
        library: the imported module with ``TyroBackend``; its other backend parses with ``argparse``.
        sink: whom to report to.
    """

    def parse_args(original: Callable[..., Any], self: Any, *, parser_spec: Any, args: Any, **kwargs: Any) -> Any:
        with guarded(_NAME):
            overrides = sink().argument_overrides()
            if overrides:
                args = list(_command_line(parser_spec, overrides, args))
        result = original(self, parser_spec=parser_spec, args=args, **kwargs)
        with guarded(_NAME):
            sink().report_arguments(list(_arguments(parser_spec, result[0])))
        return result

    return wrap(library.TyroBackend, "parse_args", parse_args)


def _arguments(spec: Any, values: Mapping[str, Any]) -> Iterator[Argument]:
    for name, argument in _of(spec):
        value = values.get(_full_name(argument), argument.field.default)
        if isinstance(value, list) and _is_single(argument):
            (value,) = value or [None]
        # Where nothing was typed there is tyro's mark of nothing, which is no value.
        value = argument.field.default if type(value).__name__.endswith("MissingType") else value
        yield Argument(name, list(value) if isinstance(value, tuple) else value, help=_help(argument))
    for name, choice in values.items():
        if str(name).endswith(_CHOICE):
            yield Argument(_public(name.removesuffix(_CHOICE)) or _COMMAND, choice, "tyro.Command")
            inner = _chosen(spec, name.removesuffix(_CHOICE), choice)
            if inner is not None:
                yield from _arguments(inner, {key: value for key, value in values.items() if key != name})


def _command_line(spec: Any, overrides: Mapping[str, str], typed: Sequence[str]) -> Iterator[str]:
    yield from _options(spec, overrides)
    for prefix in spec.subparsers_from_intern_prefix if not typed else ():
        name = overrides.get(_public(prefix) or _COMMAND)
        inner = None if name is None else _chosen(spec, prefix, name)
        if name is not None and inner is not None:
            yield name
            yield from _command_line(inner, overrides, [])
    yield from typed


def _options(spec: Any, overrides: Mapping[str, str]) -> Iterator[str]:
    for name, argument in _of(spec):
        text = overrides.get(name)
        if text is None or says(text, argument.field.default):
            continue
        flag = argument.lowered.name_or_flags[-1]
        if argument.lowered.action == "boolean_optional_action":
            group, dot, last = flag.removeprefix("--").rpartition(".")
            yield flag if text == "True" else f"--{group}{dot}no-{last}"
        elif argument.lowered.action in ("store_true", "store_false"):
            yield flag
        else:
            if flag.startswith("-"):
                yield flag
            yield from [text] if _is_single(argument) else [str(item) for item in items(text)]


def _of(spec: Any) -> Iterator[tuple[str, Any]]:
    """The arguments of a parser, but for those of commands, with their names."""
    for each in spec.get_args_including_children():
        yield _public(_full_name(each.arg)), each.arg


def _chosen(spec: Any, prefix: str, name: str) -> Any:
    found = spec.subparsers_from_intern_prefix.get(prefix)
    lazy: Any = None if found is None else found.parser_from_name.get(name)
    return lazy.evaluate() if hasattr(lazy, "evaluate") else lazy


def _full_name(argument: Any) -> str:
    return ".".join(part for part in (argument.intern_prefix, argument.field.intern_name) if part)


def _public(name: str) -> str:
    return name.removeprefix(_OUTERMOST).removeprefix(".")


def _is_single(argument: Any) -> bool:
    return argument.lowered.nargs in (None, 1, "?")


def _help(argument: Any) -> str | None:
    text = argument.field.helptext
    return (text() if callable(text) else text) or None
