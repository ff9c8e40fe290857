"""The models of one task as this process knows them.

The id of a model is made here and sent along with ``models.create``, as a task's is: a model has its id at once, with
the server away or offline, and a repeated request makes one model. The protocol's own ``models.create`` has no id, and
servers of other make ignore ours; the uploader translates (``pellucid.uploader.shipment``). Ranks of a launcher run the
same lines, so they make the same ids, and one model comes of it; so do all processes that write one file of weights.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from pellucid.base.clock import utc_now
from pellucid.base.ids import new_id
from pellucid.sdk.destinations import open_storage
from pellucid.sdk.launch import find_launch
from pellucid.sdk.live import LiveTask
from pellucid.sdk.models.known_files import KnownFiles
from pellucid.sdk.models.records import ModelRecord, OwnModel, StoredModel
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import current_settings
from pellucid.wire import models, task_contents, tasks

if TYPE_CHECKING:
    from pellucid.client.session import Client
    from pellucid.client.storage.storage import Storage
    from pellucid.sdk.models.owner import ModelOwner
    from pellucid.sdk.session import Session

DESIGN: Final = "General"
"""The configuration object of a task that is the design of its models (sdk-surface §3, ``set_model_config``)."""

Kind: TypeAlias = Literal["input", "output"]
"""What a task does with a model: start from it, or make it."""


class ModelBook:
    """The models of a task as this process knows them."""

    def __init__(self, owner: ModelOwner) -> None:
        """Know of none yet.

        Args:
            owner: the task.
        """
        self._owner = owner
        self._made: dict[str, OwnModel] = {}
        self._named: Counter[tuple[str, Path | None]] = Counter()
        self._stored: dict[str, str] = {}

    @property
    def session(self) -> Session | None:
        """What runs the task in this process, ``None`` if nothing does."""
        return self._owner._session

    @property
    def task(self) -> TaskRecord:
        """The task."""
        return self._owner._record

    @property
    def takes_remote_values(self) -> bool:
        """Whether the task's models take the place of the program's."""
        return self._owner._takes_remote_values

    @property
    def cache(self) -> Path:
        """Folder of fetched files."""
        return self._owner._cache

    @property
    def files_host(self) -> str | None:
        """Address of the task's file server, ``None`` if there is none."""
        connection = self._owner._connection
        return None if connection is None else connection.files_host

    def document(self) -> tasks.Task:
        """The task's document."""
        return self.task.document()

    def record(self, model_id: str) -> ModelRecord:
        """One model; nothing is asked yet."""
        return self._made.get(model_id) or StoredModel(model_id, self._client)

    def create(self, request: models.Create, *, file: Path | None = None) -> ModelRecord:
        """Make a model. If the task runs here, it is in the journal when this returns; otherwise the server is asked.

        Args:
            request: the model.
            file: what it is the model of, if all processes of the run are to have one model of it.

        Raises:
            ServerError: the task does not run here, and the server is away or said no.
        """
        if not isinstance(self.task, LiveTask):
            return StoredModel(self._client().send(models.CREATE, request).id, self._client)
        request = msgspec.structs.replace(request, id=self._new_id(self.task, request.name, file))
        self.task.change(models.CREATE, request)
        made = OwnModel(_document(request, utc_now()), lambda: self.task)
        self._made[made.model_id] = made
        return made

    def taken_up(self, model_id: str) -> ModelRecord:
        """A model that is there already, and that this process goes on with; waits for the server if it is not one of
        its own.

        Raises:
            UsageError: there is no such model.
            ServerError: the server is away or refuses us.
        """
        record = self.record(model_id)
        document = record.document()
        if isinstance(record, OwnModel) or not isinstance(self.task, LiveTask):
            return record
        own = self._made[model_id] = OwnModel(document, lambda: self.task)
        return own

    def last_iteration(self) -> int:
        """How far the task is."""
        task = self.task
        reached = self.document().last_iteration
        return max(reached, task.last_iteration()) if isinstance(task, LiveTask) else reached

    def entries(self, kind: Kind) -> list[tuple[str, str]]:
        """Names and ids of the task's models, in their order."""
        listed = self.document().models.get(kind) or []
        return [(str(one.get("name") or ""), one["model"]) for one in listed if one.get("model")]

    def link(self, kind: Kind, name: str, model_id: str, *, iteration: int | None = None, only: bool = False) -> None:
        """Name a model among those of the task; it takes the place of one of the same name.

        Args:
            kind: what the task does with it.
            name: within the task.
            model_id: the model.
            iteration: raises the task's last one.
            only: whether other names of this model go.
        """
        with self.task.lock:
            entries = self.entries(kind)
            others = [entry for entry, model in entries if only and model == model_id and entry != name]
            if others:
                self._unlink(kind, others)
            kept = [(entry, model) for entry, model in entries if entry not in others]
            place = next((place for place, (entry, _) in enumerate(kept) if entry == name), len(kept))
            request = task_contents.AddOrUpdateModel(
                task=self.task.task_id, name=name, model=model_id, type=kind, iteration=iteration
            )
            after = [*kept[:place], (name, model_id), *kept[place + 1 :]]
            reached = max(self.document().last_iteration, iteration or 0)
            fields = {"models": self._after(kind, after), "last_iteration": reached}
            self.task.change(task_contents.ADD_OR_UPDATE_MODEL, request, **fields)

    def unlink(self, kind: Kind, names: list[str]) -> None:
        """Take names off the task's list; the models stay."""
        with self.task.lock:
            kept = [(entry, model) for entry, model in self.entries(kind) if entry not in names]
            self._unlink(kind, names, models=self._after(kind, kept))

    def place(self, model_id: str, name: str) -> str:
        """Where a file of a model is stored below the task's folder: under its own name, unless another model's is
        there, which must not be lost."""
        if self._stored.setdefault(name, model_id) == model_id:
            return name
        path = PurePosixPath(name)
        return str(path.with_name(f"{path.stem}.{model_id[:8]}{path.suffix}"))

    def earlier(self, entry: str, name: str) -> OwnModel | None:
        """The output model of a name within the task, if a file of this name would take the place of its weights."""
        found = self._made.get(dict(self.entries("output")).get(entry, ""))
        if found is None or self._stored.get(name) != found.model_id or found.document().ready:
            return None
        return found

    def set_design(self, text: str) -> None:
        """Set the design that later output models have."""
        item = tasks.ConfigurationItem(name=DESIGN, value=text)
        request = task_contents.EditConfiguration(task=self.task.task_id, configuration=[item], force=True)
        with self.task.lock:
            after = {**self.document().configuration, DESIGN: item}
            self.task.change(task_contents.EDIT_CONFIGURATION, request, configuration=after)

    def set_labels(self, labels: dict[str, int]) -> None:
        """Set the names of classes that later output models have."""
        with self.task.lock:
            execution = {**self.document().execution, "model_labels": labels}
            request = tasks.Edit(task=self.task.task_id, force=True, execution={"model_labels": labels})
            self.task.change(tasks.EDIT, request, execution=execution)

    def adopt(self, model: models.Model, *, design: bool = True, labels: bool = True) -> None:
        """Have later output models be like one that the task starts from, as far as that one says."""
        text = model.design.get("design")
        if design and text:
            self.set_design(str(text))
        if labels and model.labels:
            self.set_labels(dict(model.labels))

    def free_name(self, wanted: str) -> str:
        """A name for an output model that no other one of the task has."""
        taken = {name for name, _ in self.entries("output")}
        number = 1
        name = wanted
        while name in taken:
            number += 1
            name = f"{wanted} {number}"
        return name

    def open_storage(self) -> Storage:
        """All places for files, the task's file server among them if it has one."""
        connection = self._owner._connection
        return open_storage(None if connection is None else self._client(), connection)

    @property
    def known_files(self) -> KnownFiles:
        """Which model a file of this machine is."""
        connection = self._owner._connection
        settings = current_settings() if self.session is None else self.session.settings
        return KnownFiles(settings.home, None if connection is None else connection.api_host)

    def _client(self) -> Client:
        return self.task.client()

    def _unlink(self, kind: Kind, names: list[str], **fields: Any) -> None:
        unwanted = [task_contents.TaskModel(name=name, type=kind) for name in names]
        request = task_contents.DeleteModels(task=self.task.task_id, models=unwanted)
        self.task.change(task_contents.DELETE_MODELS, request, **fields)

    def _after(self, kind: Kind, entries: list[tuple[str, str]]) -> dict[str, Any]:
        listed = self.document().models
        return {**listed, kind: [{"name": name, "model": model} for name, model in entries]}

    def _new_id(self, task: LiveTask, name: str, file: Path | None) -> str:
        launch, run = find_launch(), task.run.description
        if launch is None and file is None:
            return new_id()
        common = f"{run.pid} {run.started}" if launch is None else launch.key
        number = self._named[name, file]
        self._named[name, file] += 1
        parts = [common, task.task_id, name if file is None else str(file), str(number)]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def _document(request: models.Create, now: datetime) -> models.Model:
    """What a new model is before any server has seen it."""
    return models.Model(
        id=request.id or "",
        name=request.name,
        uri=request.uri,
        project=request.project,
        parent=request.parent,
        task=request.task,
        created=now,
        last_update=now,
        comment=request.comment or "",
        framework=request.framework or "",
        ready=request.ready,
        tags=list(request.tags or []),
        system_tags=list(request.system_tags or []),
        design=dict(request.design or {}),
        labels=dict(request.labels or {}),
    )
