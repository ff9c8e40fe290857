"""Whose models they are: what models need of a task (``Task`` is one)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.sdk import current
from pellucid.sdk.models.book import ModelBook
from pellucid.sdk.models.records import ModelRecord, StoredModel, fetch_model
from pellucid.sdk.record import StoredTask, TaskRecord
from pellucid.sdk.servers import current_settings, reachable_client

if TYPE_CHECKING:
    from pellucid.sdk.session import Session


class ModelOwner:
    """What models need of a task; ``Task`` is one."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None
    _cache: Path
    _takes_remote_values: bool
    _model_book: ModelBook | None = None

    @property
    def _models(self) -> ModelBook:
        if self._model_book is None:
            self._model_book = ModelBook(self)
        return self._model_book


def owner_or_current(task: object) -> ModelOwner:
    """The task that is given, else the current one.

    Raises:
        UsageError: it is no task, or there is none.
    """
    if isinstance(task, ModelOwner):
        return task
    if task is not None:
        raise UsageError(f"task is {task!r}; allowed is a Task")
    running = current.get()
    if running is None:
        raise UsageError("task is None, and no task is running; give one, or call Task.init first")
    return running


class MakerOfModel(ModelOwner):
    """The task that has made a model, for a program that runs no task (seed, Updating Models Manually)."""

    _session = None
    _takes_remote_values = False

    def __init__(self, model_id: str) -> None:
        """Ask the server which task that is.

        Raises:
            UsageError: there is no such model, or it is no task's.
            ServerError: the server is away or refuses us.
        """
        client, connection = reachable_client()
        task = fetch_model(client, model_id).task
        if task is None:
            raise UsageError(f"task is None, and no task has made model {model_id!r}; give one")
        self._record = StoredTask(task, lambda: client)
        self._connection = connection
        self._cache = current_settings().cache


def stored_model(model_id: str) -> ModelRecord:
    """A model of the current task's server, or of the configured one; nothing is asked yet."""
    running = current.get()
    if running is not None:
        return running._models.record(model_id)
    return StoredModel(model_id, lambda: reachable_client()[0])
