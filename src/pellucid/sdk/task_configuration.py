"""The part of ``Task`` that deals with whole configurations (seed, Configuration Objects; sdk-surface §1.23)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pellucid.base.errors import UsageError
from pellucid.base.log import logger
from pellucid.sdk.arguments import check_flag, check_text
from pellucid.sdk.configuration import DICTIONARY, LIST, from_text, read_file, to_text
from pellucid.sdk.connect import ConnectedDict
from pellucid.sdk.parameters import DEFAULT_SECTION
from pellucid.sdk.record import TaskRecord, editable
from pellucid.wire import task_contents
from pellucid.wire.tasks import ConfigurationItem

_ConfigurationT = TypeVar("_ConfigurationT", dict[Any, Any], list[Any], str, Path)


class ConfigurationMethods:
    """Configuration objects of a task."""

    _record: TaskRecord
    _takes_remote_values: bool
    _connected: list[Callable[[], None]]

    def connect_configuration(
        self,
        configuration: _ConfigurationT,
        name: str | None = None,
        description: str | None = None,
        ignore_remote_overrides: bool = False,
    ) -> _ConfigurationT:
        """Record a configuration as a whole (seed, Configuration Objects).

        In a run that an agent started, the task's takes the place of the program's.

        Args:
            configuration: a dictionary, a list, or the path of a text file.
            name: the object's, ``General`` by default.
            description: what it is.
            ignore_remote_overrides: keep the program's own also under an agent, and record that.

        Returns:
            To be used in its place: for a dictionary one that records its changes; a list, whose changes are recorded
            when the task is flushed or closed; the path, under an agent that of a file with the task's text.

        Raises:
            UsageError: it is something else, the file can't be read, or the task is over.
        """
        name = DEFAULT_SECTION if name is None else check_text("name", name)
        if description is not None and not isinstance(description, str):
            raise UsageError(f"description is {description!r}; allowed is a text")
        stored = None
        if self._takes_remote_values and not check_flag("ignore_remote_overrides", ignore_remote_overrides):
            stored = self._record.document().configuration.get(name)
            if stored is None:
                logger.warning("the task has no configuration object %r; the program's own is used and recorded", name)
        bound: _ConfigurationT = self._bind(configuration, name, description, stored)
        return bound

    def get_configuration_object(self, name: str) -> str | None:
        """The text of a configuration object, ``None`` if there is none of that name."""
        item = self._record.document().configuration.get(check_text("name", name))
        return None if item is None else item.value or ""

    def get_configuration_object_as_dict(self, name: str) -> dict[str, Any] | list[Any] | None:
        """What a configuration object in JSON, YAML or HOCON says, ``None`` if there is none of that name.

        Raises:
            UsageError: it says neither a dictionary nor a list.
        """
        item = self._record.document().configuration.get(check_text("name", name))
        if item is None:
            return None
        value = _parsed(item)
        if not isinstance(value, dict | list):
            raise UsageError(f"name is {name!r}, and that object is neither a dictionary nor a list, but {value!r}")
        return value

    def get_configuration_objects(self) -> dict[str, str]:
        """The texts of all configuration objects by name."""
        return {name: item.value or "" for name, item in self._record.document().configuration.items()}

    def set_configuration_object(
        self,
        name: str,
        config_text: str | None = None,
        description: str | None = None,
        config_type: str | None = None,
        config_dict: dict[str, Any] | list[Any] | None = None,
    ) -> None:
        """Set a configuration object; the others stay.

        Args:
            name: the object's.
            config_text: its text.
            description: what it is.
            config_type: what its text is, such as ``yaml``.
            config_dict: a dictionary or a list in place of a text.

        Raises:
            UsageError: an argument is of another kind, both or neither of text and dictionary are given, or the task is
                over.
        """
        for argument, value in (
            ("config_text", config_text),
            ("description", description),
            ("config_type", config_type),
        ):
            if value is not None and not isinstance(value, str):
                raise UsageError(f"{argument} is {value!r}; allowed is a text")
        if (config_text is None) == (config_dict is None):
            raise UsageError("config_text and config_dict: exactly one of them is to be given")
        if config_dict is not None:
            if not isinstance(config_dict, dict | list):
                raise UsageError(f"config_dict is {config_dict!r}; allowed is a dictionary or a list")
            config_text = to_text(config_dict)
            config_type = config_type or (DICTIONARY if isinstance(config_dict, dict) else LIST)
        self._store_configuration(check_text("name", name), config_text or "", config_type, description)

    def _bind(self, given: Any, name: str, description: str | None, stored: ConfigurationItem | None) -> Any:
        if isinstance(given, dict):
            return self._bind_dictionary(given, name, description, stored)
        if isinstance(given, list):
            return self._bind_list(given, name, description, stored)
        if isinstance(given, str | Path) and str(given):
            return self._bind_file(given, name, description, stored)
        raise UsageError(f"configuration is {given!r}; allowed is a dictionary, a list, or the path of a file")

    def _bind_dictionary(
        self, original: dict[Any, Any], name: str, description: str | None, stored: ConfigurationItem | None
    ) -> dict[Any, Any]:
        if stored is not None:
            value = _of_kind(stored, dict)
            original.clear()
            original.update(value)
            return original
        connected = ConnectedDict(original, lambda *_: store())

        def store() -> None:
            self._store_configuration(name, to_text(connected), DICTIONARY, description)

        store()
        return connected

    def _bind_list(
        self, original: list[Any], name: str, description: str | None, stored: ConfigurationItem | None
    ) -> list[Any]:
        if stored is not None:
            original[:] = _of_kind(stored, list)
            return original
        recorded = to_text(original)

        def store_if_changed() -> None:
            nonlocal recorded
            now = to_text(original)
            if now != recorded:
                recorded = now
                self._store_configuration(name, now, LIST, description)

        self._store_configuration(name, recorded, LIST, description)
        self._connected.append(store_if_changed)
        return original

    def _bind_file(
        self, path: str | Path, name: str, description: str | None, stored: ConfigurationItem | None
    ) -> str | Path:
        file = Path(path)
        if stored is not None:
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", prefix="pellucid-", suffix=file.suffix, delete=False
            ) as copy:
                copy.write(stored.value or "")
            return type(path)(copy.name)
        text = read_file(file.expanduser(), "configuration")
        self._store_configuration(name, text, file.suffix.removeprefix(".") or None, description)
        return path

    def _store_configuration(self, name: str, text: str, type_: str | None, description: str | None = None) -> None:
        with self._record.lock:
            present = editable(self._record, "configuration objects").configuration
            known = present.get(name)
            description = description or (known.description if known is not None else None)
            item = ConfigurationItem(name=name, value=text, type=type_, description=description)
            request = task_contents.EditConfiguration(task=self._record.task_id, configuration=[item], force=True)
            self._record.change(task_contents.EDIT_CONFIGURATION, request, configuration={**present, name: item})


def _parsed(item: ConfigurationItem) -> Any:
    try:
        return from_text(item.value or "", item.type)
    except ValueError as error:
        raise UsageError(f"name is {item.name!r}, and that object is neither JSON, HOCON nor YAML: {error}") from error


def _of_kind(item: ConfigurationItem, kind: type[dict[Any, Any] | list[Any]]) -> Any:
    value = _parsed(item)
    if not isinstance(value, kind):
        raise UsageError(
            f"configuration object {item.name!r} of the task is {value!r}, where a {kind.__name__} is used"
        )
    return value
