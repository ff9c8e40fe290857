"""The part of ``Task`` that deals with user properties, which don't influence what it does (seed, User Properties;
sdk-surface §1.24)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pellucid.base.errors import UsageError
from pellucid.sdk import parameters
from pellucid.sdk.parameters import PROPERTIES
from pellucid.sdk.record import TaskRecord
from pellucid.wire import tasks
from pellucid.wire.tasks import Parameter

_KEYS: Final = {"name", "value", "description", "type", "section"}


class PropertyMethods:
    """User properties of a task, which can be changed in any status."""

    _record: TaskRecord

    def get_user_properties(self, value_only: bool = False) -> dict[str, Any]:
        """The user properties by name.

        Args:
            value_only: give values in place of dictionaries of ``section``, ``name``, ``value``, ``description`` and
                ``type``.
        """
        found = self._record.document().hyperparams.get(PROPERTIES, {})
        if value_only:
            return {name: one.value for name, one in found.items()}
        return {
            name: {
                "section": PROPERTIES,
                "name": one.name,
                "value": one.value,
                "description": one.description,
                "type": one.type,
            }
            for name, one in found.items()
        }

    def set_user_properties(self, *iterables: Any, **properties: Any) -> bool:
        """Add or change user properties; the others stay (seed, User Properties).

        Args:
            iterables: dictionaries such as ``{"name": "backbone", "description": "network", "value": "great"}``, or
                ``{"backbone": "great"}``, or ``{"backbone": {"value": "great", "type": "str"}}``; or lists of them.
            properties: names and values; a value may be such a dictionary, too.

        Returns:
            True.

        Raises:
            UsageError: an argument is of another form.
            ServerError: the task does not run here, and the server is away or said no.
        """
        given = [one for iterable in iterables for one in _properties(iterable)]
        given += [_property(name, value) for name, value in properties.items()]
        if not given:
            raise UsageError("set_user_properties: no property is given")
        with self._record.lock:
            present = self._record.document().hyperparams
            request = tasks.EditHyperParams(task=self._record.task_id, hyperparams=given, force=True)
            after = parameters.merged(present, given)
            self._record.change(tasks.EDIT_HYPER_PARAMS, request, hyperparams=after)
        return True

    def delete_user_properties(self, *iterables: Any) -> bool:
        """Remove user properties.

        Args:
            iterables: names, pairs such as ``("properties", "backbone")``, dictionaries of ``section`` and ``name``; or
                lists of these.

        Returns:
            Whether all of them were there.

        Raises:
            UsageError: an argument is of another form.
            ServerError: as for ``set_user_properties``.
        """
        names = [name for iterable in iterables for name in _names(iterable)]
        if not names:
            raise UsageError("delete_user_properties: no property is given")
        with self._record.lock:
            present = self._record.document().hyperparams
            there = [(PROPERTIES, name) for name in names if name in present.get(PROPERTIES, {})]
            if there:
                keys = [tasks.ParameterKey(section=PROPERTIES, name=name) for _, name in there]
                request = tasks.DeleteHyperParams(task=self._record.task_id, hyperparams=keys, force=True)
                after = parameters.without(present, there)
                self._record.change(tasks.DELETE_HYPER_PARAMS, request, hyperparams=after)
        return len(there) == len(names)


def _properties(given: Any) -> Iterator[Parameter]:
    """What one argument of ``set_user_properties`` says."""
    if isinstance(given, Mapping):
        if "name" in given and given.keys() <= _KEYS:
            yield _property(given["name"], given)
        else:
            for name, value in given.items():
                yield _property(name, value)
    elif isinstance(given, Iterable) and not isinstance(given, str):
        for one in given:
            yield from _properties(one)
    else:
        raise UsageError(
            f"set_user_properties: {given!r} is no property; allowed is {{'name': 'backbone', 'value': 'great'}}"
        )


def _property(name: Any, value: Any) -> Parameter:
    described = value if isinstance(value, Mapping) else {"value": value}
    if not isinstance(name, str) or not name or "value" not in described or not described.keys() <= _KEYS:
        raise UsageError(
            f"set_user_properties: {name!r} is {value!r}; allowed is a name that is no empty text, with a value, or "
            "with a dictionary of value, description and type"
        )
    encoded = parameters.encode_value(described["value"])
    return Parameter(
        section=PROPERTIES,
        name=name,
        value=encoded[0],
        type=described.get("type") or encoded[1],
        description=described.get("description"),
    )


def _names(given: Any) -> Iterator[str]:
    """The names that one argument of ``delete_user_properties`` says."""
    if isinstance(given, str) and given:
        yield given
    elif isinstance(given, Mapping) and isinstance(given.get("name"), str):
        yield from _names((given.get("section", PROPERTIES), given["name"]))
    elif isinstance(given, tuple) and len(given) == 2 and given[0] == PROPERTIES and isinstance(given[1], str):
        yield given[1]
    elif isinstance(given, list):
        for one in given:
            yield from _names(one)
    else:
        raise UsageError(
            f"delete_user_properties: {given!r} names no property; allowed is a name, or ('properties', name)"
        )
