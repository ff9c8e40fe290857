"""The part of ``Task`` that deals with parameters (seed, Configuration; sdk-surface §1.21, §1.22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.sdk import parameters
from pellucid.sdk.arguments import check_section
from pellucid.sdk.connect import (
    ConnectedDict,
    attributes_of,
    is_argument_parser,
    overridden,
    put_into_dict,
    put_into_object,
)
from pellucid.sdk.models.input_model import InputModel
from pellucid.sdk.models.output_model import OutputModel
from pellucid.sdk.parameters import DEFAULT_SECTION, PROPERTIES, Flat
from pellucid.sdk.record import TaskRecord, editable
from pellucid.wire import tasks
from pellucid.wire.tasks import Hyperparams, Parameter


class ParameterMethods:
    """Parameters of a task, and objects connected to them."""

    _record: TaskRecord
    _takes_remote_values: bool

    def __init__(self) -> None:
        """No objects are connected."""
        super().__init__()
        self._connected: list[Callable[[], None]] = []

    def set_parameter(
        self, name: str, value: Any, description: str | None = None, value_type: Any | None = None
    ) -> None:
        """Set one parameter; the others stay (seed, Setting Parameters).

        Args:
            name: ``section/name``; without a section it is ``General``.
            value: its value.
            description: what it means.
            value_type: type to record, if not the value's own.

        Raises:
            UsageError: the name can't name a parameter, or the task is over.
            ServerError: for a task that does not run here, the server is away or said no.
        """
        type_name = getattr(value_type, "__name__", value_type)
        if type_name is not None and not isinstance(type_name, str):
            raise UsageError(f"value_type is {value_type!r}; allowed is a type, or the name of one")
        self._edit([parameters.encode(name, value, description=description, type_=type_name)])

    def set_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Replace all parameters, but for user properties (seed, Overwriting Parameters; sdk-surface C20).

        Args:
            args: dictionaries, nested ones too, or iterables of (name, value).
            kwargs: names and values.

        Raises:
            UsageError: an argument is none of these, a name can't name a parameter, or the task is over.
            ServerError: as for ``set_parameter``.
        """
        self._edit(
            [parameters.encode(name, value) for name, value in parameters.collect(args, kwargs).items()], replace=True
        )

    def update_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Set some parameters; the others stay. Arguments and errors as for ``set_parameters``."""
        self._edit([parameters.encode(name, value) for name, value in parameters.collect(args, kwargs).items()])

    def set_parameters_as_dict(self, dictionary: Mapping[str, Any]) -> None:
        """Set the parameters of a dictionary, nested by section or not; the others stay (seed, Adding Parameters).

        Raises:
            UsageError: it is no dictionary, or as for ``set_parameters``.
            ServerError: as for ``set_parameter``.
        """
        if not isinstance(dictionary, Mapping):
            raise UsageError(f"dictionary is {dictionary!r}; allowed is a dictionary of parameters")
        self.update_parameters(dictionary)

    def get_parameters(self, backwards_compatibility: bool = True, cast: bool = False) -> dict[str, Any]:
        """All parameters by ``section/name`` (seed, Accessing Parameters).

        Args:
            backwards_compatibility: accepted for existing scripts, without effect.
            cast: give values of their own types in place of texts.
        """
        return {
            f"{parameter.section}/{parameter.name}": parameters.decode(parameter) if cast else parameter.value or ""
            for parameter in parameters.each(self._record.document().hyperparams)
        }

    def get_parameter(self, name: str, default: Any = None, cast: bool = False) -> Any:
        """One parameter by ``section/name``; names are case-sensitive.

        Args:
            name: the full name.
            default: what to return if there is none.
            cast: give a value of its own type in place of a text.
        """
        return self.get_parameters(cast=cast).get(name, default)

    def get_parameters_as_dict(self, cast: bool = False) -> dict[str, Any]:
        """All parameters as dictionaries in dictionaries: by section, then by the slashes in their names."""
        document = self._record.document()
        return parameters.nested(document.hyperparams, parameters.decode if cast else lambda one: one.value or "")

    def delete_parameter(self, name: str, force: bool = False) -> bool:
        """Remove a parameter.

        Args:
            name: ``section/name``.
            force: accepted for existing scripts, without effect.

        Returns:
            Whether there was one.
        """
        section, key = parameters.split_name(name)
        with self._record.lock:
            present = self._editable()
            if key not in present.get(section, {}):
                return False
            self._delete([(section, key)], present)
        return True

    def connect(self, mutable: Any, name: str | None = None, ignore_remote_overrides: bool = False) -> Any:
        """Record the content of an object as parameters, as it evolves (seed, Tracking Python Objects).

        In a run that an agent started, the task's values replace those of the object, each with the object's type.

        Args:
            mutable: a dictionary, an object with attributes, a class, or a model.
            name: the section, ``General`` by default.
            ignore_remote_overrides: keep the program's values also under an agent, and record those.

        Returns:
            For a dictionary one that records its changes, to be used in its place; else the object itself, whose
            changes are recorded when the task is flushed or closed.

        Raises:
            UsageError: it is something else, or the task is over.
        """
        if isinstance(mutable, InputModel | OutputModel):
            mutable.connect(self, name, ignore_remote_overrides=ignore_remote_overrides)
            return mutable
        section = DEFAULT_SECTION if name is None else check_section(name)
        if is_argument_parser(mutable):
            return mutable  # its arguments are recorded when it parses them
        remote = self._takes_remote_values and not ignore_remote_overrides
        if isinstance(mutable, dict):
            return self._connect_dict(mutable, section, remote=remote)
        values = self._settle(attributes_of(mutable), section, remote=remote)
        if remote:
            put_into_object(mutable, values)
        self._connected.append(_ConnectedObject(mutable, section, values, self._sync).sync)
        return mutable

    def _connect_dict(self, original: dict[Any, Any], section: str, *, remote: bool) -> ConnectedDict:
        values = self._settle(parameters.flatten(original), section, remote=remote)
        if remote:
            put_into_dict(original, values)
        return ConnectedDict(original, lambda before, after: self._sync(section, before, after))

    def _settle(self, values: Flat, section: str, *, remote: bool) -> Flat:
        """What holds of an object's values: the task's where it has them, else the object's own, which it then gets."""
        stored = self._record.document().hyperparams.get(section, {})
        settled = overridden(values, stored) if remote else values
        new = {name: value for name, value in settled.items() if not remote or name not in stored}
        self._sync(section, {}, new)
        return settled

    def _sync_connected(self) -> None:
        """Record what has changed in connected objects."""
        for sync in self._connected:
            sync()

    def _stop_syncing(self) -> None:
        self._connected.clear()

    def _sync(self, section: str, before: Flat, after: Flat) -> None:
        """Record a change of a section."""
        changed = {
            name: value for name, value in after.items() if name not in before or not _is_same(before[name], value)
        }
        if changed:
            self._edit([parameters.encode(f"{section}/{name}", value) for name, value in changed.items()])
        removed = [(section, name) for name in before if name not in after]
        if removed:
            with self._record.lock:
                self._delete(removed, self._editable())

    def _edit(self, changes: list[Parameter], *, replace: bool = False) -> None:
        with self._record.lock:
            present = self._editable()
            known = [
                parameters.keeping_type(change, present.get(change.section, {}).get(change.name)) for change in changes
            ]
            if replace:
                kept = [] if any(one.section == PROPERTIES for one in known) else present.get(PROPERTIES, {}).values()
                known = [*kept, *known]
            request = tasks.EditHyperParams(
                task=self._record.task_id,
                hyperparams=known,
                replace_hyperparams="all" if replace else "none",
                force=True,
            )
            after = parameters.merged({} if replace else present, known)
            self._record.change(tasks.EDIT_HYPER_PARAMS, request, hyperparams=after)

    def _delete(self, removed: list[tuple[str, str]], present: Hyperparams) -> None:
        request = tasks.DeleteHyperParams(
            task=self._record.task_id,
            hyperparams=[tasks.ParameterKey(section=section, name=name) for section, name in removed],
            force=True,
        )
        after = parameters.without(present, removed)
        self._record.change(tasks.DELETE_HYPER_PARAMS, request, hyperparams=after)

    def _editable(self) -> Hyperparams:
        return editable(self._record, "parameters").hyperparams


class _ConnectedObject:
    """An object whose attributes are looked at again later."""

    def __init__(self, target: Any, section: str, values: Flat, record: Callable[[str, Flat, Flat], None]) -> None:
        self._target = target
        self._section = section
        self._values = values
        self._record = record

    def sync(self) -> None:
        """Record what has changed since the last time."""
        now = attributes_of(self._target)
        self._record(self._section, self._values, now)
        self._values = now


def _is_same(one: Any, other: Any) -> bool:
    return parameters.encode_value(one) == parameters.encode_value(other)
