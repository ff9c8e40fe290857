"""The part of ``Task`` that turns tasks into dictionaries and back, without what they made (sdk-surface §3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.ids import new_id
from pellucid.client.projects import ensure_project
from pellucid.sdk.arguments import check_flag, check_name
from pellucid.sdk.creation import DEVELOPMENT
from pellucid.sdk.record import TaskRecord, editable
from pellucid.sdk.servers import reachable_client
from pellucid.wire import tasks

if TYPE_CHECKING:
    from pellucid.client.session import Client

_PLAIN: Final = ("name", "type", "comment", "tags", "script", "container", "hyperparams", "configuration")
"""Keys of an exported task that are fields of the document as they are."""

_KEYS: Final = {*_PLAIN, "id", "parent", "project", "project_name", "execution", "models", "output"}


class ExchangeMethods:
    """Exporting and importing what a task is to execute, and with which parameters."""

    _record: TaskRecord

    if TYPE_CHECKING:

        @classmethod
        def _stored(cls, task_id: str, client: Client, connection: Connection) -> Self: ...
        def get_project_name(self) -> str | None: ...

    def export_task(self) -> dict[str, Any]:
        """What the task is, in types that JSON has: script, parameters, configuration, container, input models; nothing
        of what it reported or made."""
        document: dict[str, Any] = msgspec.to_builtins(self._record.document())
        execution = {key: value for key, value in document["execution"].items() if key not in ("artifacts", "queue")}
        return {
            "id": document["id"],
            **{key: document[key] for key in _PLAIN},
            "parent": document["parent"],
            "project": document["project"],
            "project_name": self.get_project_name(),
            "execution": execution,
            "models": {"input": document["models"].get("input") or []},
            "output": {"destination": document["output"].get("destination") or ""},
        }

    @classmethod
    def import_task(
        cls, task_data: Mapping[str, Any], target_task: Any | None = None, update: bool = False
    ) -> Self | None:
        """Make a task of what ``export_task`` returned, perhaps on another server.

        Args:
            task_data: the dictionary, perhaps edited.
            target_task: a draft to write into, or its id, in place of a new one.
            update: leave what the dictionary does not mention as it is in the draft; otherwise it is cleared.

        Returns:
            The task.

        Raises:
            UsageError: the dictionary is none of a task, there is no such draft, or it is over.
            ServerError: the server is away or refuses.
        """
        fields = _fields(task_data)
        client, connection = reachable_client()
        if target_task is not None:
            target = cls._stored(_id_of(target_task), client, connection)
            target._overwrite(fields, keep=check_flag("update", update))
            return target
        if not fields.get("name"):
            raise UsageError("task_data has no name; allowed is a dictionary that export_task has returned")
        named = task_data.get("project_name")
        create = msgspec.convert({"type": "training", **fields}, tasks.Create)
        project = ensure_project(client, named) if named else task_data.get("project")
        request = msgspec.structs.replace(
            create, id=new_id(), project=project, parent=task_data.get("parent"), system_tags=[DEVELOPMENT]
        )
        return cls._stored(client.send(tasks.CREATE, request).id, client, connection)

    def update_task(self, task_data: Mapping[str, Any]) -> bool:
        """Overwrite what a dictionary of ``export_task`` mentions; returns True. Errors as for ``import_task``."""
        self._overwrite(_fields(task_data), keep=True)
        return True

    def _overwrite(self, fields: Mapping[str, Any], *, keep: bool) -> None:
        with self._record.lock:
            document = editable(self._record, "what is executed")
            given = dict(fields) if keep else {**_CLEARED, **fields}
            request = msgspec.convert({**given, "task": self._record.task_id, "force": True}, tasks.Edit)
            after: dict[str, Any] = {key: getattr(request, key) for key in _PLAIN if key in given}
            for key in ("script", "execution", "models"):  # merged by the server (protocol §2.2)
                after[key] = {**getattr(document, key), **given.get(key, {})}
            if "output_dest" in given:
                after["output"] = {**document.output, "destination": given["output_dest"]}
            self._record.change(tasks.EDIT, request, **after)


_CLEARED: Final[dict[str, Any]] = {
    "comment": "",
    "tags": [],
    "script": {},
    "container": {},
    "hyperparams": {},
    "configuration": {},
    "models": {"input": []},
    "output_dest": "",
}


def _fields(data: object) -> dict[str, Any]:
    """Fields of ``tasks.create`` and ``tasks.edit``.

    Raises:
        UsageError: they can't be such.
    """
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise UsageError(f"task_data is {data!r}; allowed is a dictionary that export_task has returned")
    for key in data:
        if key not in _KEYS:
            raise UsageError(f"task_data has {key!r}; allowed are {', '.join(sorted(_KEYS))}")
    fields = {key: data[key] for key in (*_PLAIN, "execution", "models") if data.get(key) is not None}
    if "name" in fields:
        fields["name"] = check_name("task_data['name']", fields["name"])
    if isinstance(data.get("output"), Mapping):
        fields["output_dest"] = data["output"].get("destination") or ""
    try:
        msgspec.convert({**fields, "task": ""}, tasks.Edit)
    except msgspec.ValidationError as error:
        raise UsageError(f"task_data: {error}") from error
    return fields


def _id_of(task: Any) -> str:
    task_id = getattr(task, "task_id", task)
    if not isinstance(task_id, str) or not task_id:
        raise UsageError(f"target_task is {task!r}; allowed is a task, or its id")
    return task_id
