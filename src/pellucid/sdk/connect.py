"""Objects of the program whose content is the task's parameters (seed, Tracking Python Objects; sdk-surface §4.11)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from pellucid.base.errors import UsageError
from pellucid.base.log import logger
from pellucid.sdk.objects import has_attributes, read_attributes, write_attribute
from pellucid.sdk.parameters import Flat, cast_like, flatten
from pellucid.wire.tasks import Parameter

OnChange: TypeAlias = Callable[[Flat, Flat], None]
"""Is told, after a change, what was there before and what is there now: names in the section to values."""

Stored: TypeAlias = Mapping[str, Parameter]
"""The parameters of a section by name."""

_ALLOWED: Final = "a dictionary, an object with attributes, or a class"


class ConnectedDict(dict[Any, Any]):
    """A dictionary, and those in it, whose every change is told. Copies are plain dictionaries."""

    def __init__(self, values: Mapping[Any, Any], on_change: OnChange, prefix: str = "") -> None:
        """Copy a dictionary.

        Args:
            values: the content.
            on_change: is told of changes.
            prefix: before the names of this one's keys.
        """
        super().__init__()
        self._on_change = on_change
        self._prefix = prefix
        for key, value in values.items():
            dict.__setitem__(self, key, self._adopt(key, value))

    def __setitem__(self, key: Any, value: Any) -> None:
        before = self._flat(key)
        dict.__setitem__(self, key, self._adopt(key, value))
        self._on_change(before, self._flat(key))

    def __delitem__(self, key: Any) -> None:
        before = self._flat(key)
        dict.__delitem__(self, key)
        self._on_change(before, {})

    def update(self, *others: Any, **more: Any) -> None:
        """As ``dict.update``."""
        new = dict(*others, **more)
        before = {name: value for key in new for name, value in self._flat(key).items()}
        for key, value in new.items():
            dict.__setitem__(self, key, self._adopt(key, value))
        self._on_change(before, {name: value for key in new for name, value in self._flat(key).items()})

    def __ior__(self, other: Any) -> ConnectedDict:  # type: ignore[misc]  # dict's own takes the same
        self.update(other)
        return self

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As ``dict.setdefault``."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        """As ``dict.pop``."""
        before = self._flat(key)
        value = dict.pop(self, key, *default)
        self._on_change(before, self._flat(key))
        return value

    def popitem(self) -> tuple[Any, Any]:
        """As ``dict.popitem``."""
        if not self:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """As ``dict.clear``."""
        before = flatten(self, self._prefix)
        dict.clear(self)
        self._on_change(before, {})

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def _adopt(self, key: Any, value: Any) -> Any:
        return ConnectedDict(value, self._on_change, f"{self._prefix}{key}/") if isinstance(value, dict) else value

    def _flat(self, key: Any) -> Flat:
        return flatten({key: self[key]}, self._prefix) if key in self else {}


def attributes_of(target: Any) -> Flat:
    """The public attributes of an object or a class, as far as they are data (sdk-surface §4.11).

    Raises:
        UsageError: it is nothing that has such attributes.
    """
    if not isinstance(target, type) and not has_attributes(target):
        raise UsageError(f"mutable is {target!r} of type {type(target).__name__}; allowed is {_ALLOWED}")
    return flatten(read_attributes(target))


def is_argument_parser(target: Any) -> bool:
    """Whether it is an ``argparse`` parser, whose arguments are recorded when it parses them."""
    argparse = sys.modules.get("argparse")
    return argparse is not None and isinstance(target, argparse.ArgumentParser)


def overridden(values: Flat, stored: Stored) -> Flat:
    """Values with those of a task in their place, each like the program's own in type; one that can't be is left, with
    a warning.

    Args:
        values: the program's, by name.
        stored: the task's, by name.
    """
    result = dict(values)
    for name, default in values.items():
        parameter = stored.get(name)
        if parameter is None:
            continue
        try:
            result[name] = cast_like(parameter.value or "", default, parameter.type)
        except ValueError as error:
            logger.warning("parameter %r of the task is ignored, the program's own value stays: %s", name, error)
    return result


def put_into_dict(target: dict[Any, Any], values: Flat, prefix: str = "") -> None:
    """Set the values of a dictionary and of those in it, by their flat names."""
    for key, value in list(target.items()):
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            put_into_dict(value, values, f"{name}/")
        elif name in values:
            target[key] = values[name]


def put_into_object(target: Any, values: Flat) -> None:
    """Set the attributes of an object or a class, and what is in them, by their flat names. One that the object refuses
    is left, with a warning."""
    for name, value in values.items():
        attribute, _, rest = name.partition("/")
        if not rest:
            try:
                write_attribute(target, attribute, value)
            except (TypeError, ValueError) as error:
                logger.warning("parameter %r of the task is ignored, the program's own value stays: %s", name, error)
        elif isinstance(inner := getattr(target, attribute), dict):
            put_into_dict(inner, values, f"{attribute}/")
        else:
            put_into_object(inner, {rest: value})
