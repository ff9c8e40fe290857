"""Hyperparameters as values and as the text that the protocol keeps (protocol §3.3, sdk-surface §4.11, §4.13).

A parameter's full name is ``section/name``; the first slash separates, so that a nested dictionary becomes names with
slashes. Its value is text, beside which a type says how to read it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, TypeAlias

from pellucid.base.errors import UsageError
from pellucid.sdk.yaml_text import from_yaml
from pellucid.wire.tasks import Hyperparams, Parameter

DEFAULT_SECTION: Final = "General"

PROPERTIES: Final = "properties"
"""The section of user properties, which replacing all parameters leaves alone (sdk-surface C20)."""

Flat: TypeAlias = dict[str, Any]
"""Full names, or names within a section, to values."""


def flatten(values: Mapping[Any, Any], prefix: str = "") -> Flat:
    """Nested dictionaries as one, with slashes in the names; empty ones are values. Keys become text."""
    flat: Flat = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat |= flatten(value, f"{name}/")
        else:
            flat[name] = value
    return flat


def split_name(full_name: Any) -> tuple[str, str]:
    """Section and name; without a section, ``General``.

    Raises:
        UsageError: it is no text, or one of the two is empty.
    """
    if not isinstance(full_name, str) or not full_name.strip():
        raise UsageError(f"name: {full_name!r} can't name a parameter; allowed is a text such as 'Args/epochs'")
    section, slash, name = full_name.partition("/")
    if not slash:
        return DEFAULT_SECTION, full_name
    if not section or not name:
        raise UsageError(f"name: {full_name!r} can't name a parameter; allowed is a text such as 'Args/epochs'")
    return section, name


def encode(full_name: str, value: object, *, description: str | None = None, type_: str | None = None) -> Parameter:
    """A value as the protocol keeps it.

    Args:
        full_name: ``section/name``, or a name in the default section.
        value: anything; what is neither a number nor a text, nor made of those, is kept as its ``str``.
        description: what it means, for people.
        type_: the type to record in place of the value's own.
    """
    section, name = split_name(full_name)
    if isinstance(value, Enum):
        description = description or f"one of {', '.join(member.name for member in type(value))}"
    text, own_type = encode_value(value)
    return Parameter(section=section, name=name, value=text, type=type_ or own_type, description=description)


def encode_value(value: object) -> tuple[str, str | None]:
    """Text and type."""
    if value is None:
        return "", None
    if isinstance(value, Enum):
        return value.name, type(value).__name__
    if isinstance(value, bool | int | float | str):
        # The first of these that it is, so that a subclass is what it stands for.
        base = next(kind for kind in (bool, int, float, str) if isinstance(value, kind))
        return base.__str__(value), base.__name__
    if isinstance(value, list | tuple | dict):
        return _to_json(value), _container_type(value)
    number = _number_of(value)
    return encode_value(number) if number is not None else (str(value), type(value).__name__)


def decode(parameter: Parameter) -> Any:
    """A stored parameter as a value of its own type; text if it has none that is known or does not fit it."""
    kind = (parameter.type or "").partition("/")[0]
    text = parameter.value or ""
    if not kind:
        return text or None
    caster = _CASTERS.get(kind)
    try:
        return caster(text) if caster else text
    except ValueError:
        return text


def cast_like(text: str, default: Any, type_: str | None = None) -> Any:
    """A stored text as a value like the one that stands in the program.

    Args:
        text: what is stored.
        default: the program's own value, whose type decides.
        type_: the stored type, which decides if the default is ``None``.

    Raises:
        ValueError: the text is no such value.
    """
    if default is None:
        return decode(Parameter(section="", name="", value=text, type=type_))
    if encode_value(default)[0] == text:
        return default
    if isinstance(default, Enum):
        try:
            return type(default)[text]
        except KeyError:
            raise ValueError(f"{text!r} is none of {', '.join(member.name for member in type(default))}") from None
    for kind in (bool, int, float, list, tuple, dict):
        if isinstance(default, kind):
            return _CASTERS[kind.__name__](text)
    return text


def collect(arguments: Iterable[object], keywords: Mapping[str, object]) -> Flat:
    """What ``set_parameters`` was given, flat.

    Args:
        arguments: dictionaries, or iterables of pairs.
        keywords: names and values.

    Raises:
        UsageError: an argument is neither.
    """
    flat: Flat = {}
    for argument in arguments:
        try:
            flat |= flatten(dict(argument))  # type: ignore[call-overload]  # what it is, dict() finds out
        except (TypeError, ValueError):
            message = f"set_parameters: {argument!r} is neither a dictionary nor an iterable of (name, value) pairs"
            raise UsageError(message) from None
    return flat | flatten(keywords)


def keeping_type(parameter: Parameter, present: Parameter | None) -> Parameter:
    """The same parameter with what was known of it: a text put in place of a typed value keeps the type, and a
    description stays (sdk-surface M203)."""
    if present is None:
        return parameter
    return Parameter(
        section=parameter.section,
        name=parameter.name,
        value=parameter.value,
        type=present.type if parameter.type in (None, "str") and present.type else parameter.type,
        description=parameter.description or present.description,
    )


def merged(present: Hyperparams, changes: Iterable[Parameter]) -> Hyperparams:
    """Parameters with some of them changed or added."""
    sections = {section: dict(parameters) for section, parameters in present.items()}
    for parameter in changes:
        sections.setdefault(parameter.section, {})[parameter.name] = parameter
    return sections


def without(present: Hyperparams, removed: Iterable[tuple[str, str]]) -> Hyperparams:
    """Parameters but for some, named by (section, name)."""
    gone = set(removed)
    kept = {
        section: {name: parameter for name, parameter in parameters.items() if (section, name) not in gone}
        for section, parameters in present.items()
    }
    return {section: parameters for section, parameters in kept.items() if parameters}


def each(present: Hyperparams) -> Iterator[Parameter]:
    """All parameters, one after the other."""
    for parameters in present.values():
        yield from parameters.values()


def nested(present: Hyperparams, value_of: Callable[[Parameter], Any]) -> dict[str, Any]:
    """Parameters as dictionaries in dictionaries, by the slashes in their names."""
    tree: dict[str, Any] = {}
    for parameter in each(present):
        *parents, leaf = [parameter.section, *parameter.name.split("/")]
        place = tree
        for parent in parents:
            inner = place.setdefault(parent, {})
            # A value and a branch of the same name: the branch is kept beside it.
            place = inner if isinstance(inner, dict) else place.setdefault(f"{parent}/", {})
        place[leaf] = value_of(parameter)
    return tree


def _to_json(value: object) -> str:
    return json.dumps(value, default=lambda inner: encode_value(inner)[0], ensure_ascii=False)


def _container_type(value: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> str:
    """``list/int`` if all elements share a type, else ``list``."""
    container = next(kind for kind in (list, tuple, dict) if isinstance(value, kind)).__name__
    elements = value.values() if isinstance(value, dict) else value
    kinds = {type(element).__name__ for element in elements}
    return f"{container}/{kinds.pop()}" if len(kinds) == 1 else container


def _number_of(value: object) -> bool | int | float | str | None:
    """What a scalar of an array library holds, without importing one."""
    item = getattr(value, "item", None)
    if item is None or getattr(value, "ndim", 0) != 0:
        return None
    try:
        number = item()
    except (TypeError, ValueError):
        return None
    return number if isinstance(number, bool | int | float | str) else None


def _to_bool(text: str) -> bool:
    known = {"true": True, "1": True, "1.0": True, "yes": True, "false": False, "0": False, "0.0": False, "no": False}
    known[""] = False
    try:
        return known[text.strip().lower()]
    except KeyError:
        raise ValueError(f"{text!r} is neither true nor false") from None


def _to_int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not number.is_integer():
            raise
        return int(number)


def _literal(text: str) -> Any:
    """JSON, or what Python prints of the same, or what people type in its place."""
    for read in (json.loads, ast.literal_eval, from_yaml):
        try:
            return read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            pass
    raise ValueError(f"{text!r} is neither JSON, a Python literal nor YAML")


def _to_list(text: str) -> list[Any]:
    value = _literal(text)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{text!r} is no list")
    return list(value)


def _to_dict(text: str) -> dict[str, Any]:
    value = _literal(text)
    if not isinstance(value, dict):
        raise ValueError(f"{text!r} is no dictionary")
    return value


_CASTERS: Final[dict[str, Callable[[str], Any]]] = {
    "bool": _to_bool,
    "int": _to_int,
    "float": float,
    "str": str,
    "list": _to_list,
    "tuple": lambda text: tuple(_to_list(text)),
    "dict": _to_dict,
}
