"""Where a model's document is read from, and how it is changed: the difference between a model that this process makes
for its task and one that is only looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from pellucid.base.errors import RequestRefusedError, UsageError
from pellucid.sdk.live import READ_BACK_SECONDS, LiveTask
from pellucid.sdk.record import TaskRecord
from pellucid.wire import models
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.codes import ErrorCode

if TYPE_CHECKING:
    from pellucid.client.session import Client


class ModelRecord(Protocol):
    """One model."""

    @property
    def model_id(self) -> str:
        """Its id."""
        ...

    def document(self) -> models.Model:
        """The model as it is now."""
        ...

    def change(self, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any) -> None:
        """Have the server change the model.

        Args:
            action: the endpoint.
            request: what to ask; asking twice must do no harm.
            fields: what the document's fields are after it.
        """
        ...

    def client(self) -> Client:
        """The server, once it has all that this process has reported so far, or a few seconds later.

        Raises:
            ServerUnavailableError: there is no server.
        """
        ...


class StoredModel:
    """A model on a server, which every call asks anew."""

    def __init__(self, model_id: str, connect: Callable[[], Client]) -> None:
        """Look at a model; nothing is asked yet.

        Args:
            model_id: its id.
            connect: opens a client of its server.
        """
        self.model_id = model_id
        self._connect = connect
        self._client: Client | None = None

    def document(self) -> models.Model:
        """The model as the server has it.

        Raises:
            UsageError: there is no such model.
            ServerError: the server is away or refuses us.
        """
        return fetch_model(self.client(), self.model_id)

    def change(self, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any) -> None:
        """Ask the server at once.

        Raises:
            ServerError: it is away, or said no.
        """
        self.client().send(action, request)

    def client(self) -> Client:
        """The server."""
        if self._client is None:
            self._client = self._connect()
        return self._client


class OwnModel:
    """A model that this process makes for its task: while the task runs here it is changed through the journal and
    remembered, so that no call waits for a server, or needs one."""

    def __init__(self, document: models.Model, task: Callable[[], TaskRecord]) -> None:
        """Remember a model whose creation is in the journal.

        Args:
            document: the model as it is now.
            task: its task as it is now: running here, or over.
        """
        self._document = document
        self._task = task

    @property
    def model_id(self) -> str:
        """Its id."""
        return self._document.id

    def document(self) -> models.Model:
        """The model as this process has made it; once its task is over, as the server has it."""
        if isinstance(self._task(), LiveTask):
            return self._document
        return fetch_model(self.client(), self.model_id)

    def change(self, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any) -> None:
        """Record a request, and remember what the fields are after it."""
        self._task().change(action, request)
        self.remember(**fields)

    def remember(self, **fields: Any) -> None:
        """The document's fields are these now."""
        self._document = msgspec.structs.replace(self._document, **fields)

    def wait_for_uploads(self) -> None:
        """Wait until what is on its way is stored, ten seconds at most; without a server nothing is."""
        task = self._task()
        if isinstance(task, LiveTask) and task.run.connection is not None:
            task.run.wait_until_sent(READ_BACK_SECONDS)

    def client(self) -> Client:
        """The server, when it has what was reported so far."""
        return self._task().client()


def fetch_model(client: Client, model_id: str) -> models.Model:
    """A model as the server has it.

    Raises:
        UsageError: there is no such model.
        ServerError: the server is away or refuses us.
    """
    try:
        return client.send(models.GET_BY_ID, models.OfModel(model=model_id)).model
    except RequestRefusedError as error:
        if (error.code, error.subcode) not in _NO_SUCH_MODEL:
            raise
        raise UsageError(f"model_id: there is no model {model_id!r} on {client.host}") from error


_NO_SUCH_MODEL: Final = {
    (code.status, code.subcode) for code in (ErrorCode.INVALID_MODEL_ID, ErrorCode.INVALID_ID, ErrorCode.VALIDATION)
}
