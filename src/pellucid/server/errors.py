"""How an action says no: an ``ApiError`` carries the protocol's code; the rest is translated in one table."""

from __future__ import annotations

from collections.abc import Callable

from pellucid.store.errors import (
    AlreadyExistsError,
    BadQueryError,
    NotEmptyError,
    NotFoundError,
    StoreError,
    UnavailableError,
)
from pellucid.wire.codes import ErrorCode


class ApiError(Exception):
    """An answer that is an error of the protocol (protocol §1.8).

    Attributes:
        code: which error.
        message: its sentence with the details, for people.
    """

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        self.code = code
        self.message = f"{code.sentence}: {detail}" if detail else code.sentence
        super().__init__(self.message)


_MISSING = {
    "task": ErrorCode.INVALID_TASK_ID,
    "project": ErrorCode.INVALID_PROJECT_ID,
    "model": ErrorCode.INVALID_MODEL_ID,
    "queue": ErrorCode.INVALID_QUEUE_ID,
    "queue entry": ErrorCode.NOT_QUEUED,
    "worker": ErrorCode.INVALID_WORKER_ID,
}

_TAKEN = {"queue entry": ErrorCode.ALREADY_QUEUED}

_TRANSLATIONS: list[tuple[type[StoreError], Callable[[StoreError], ErrorCode]]] = [
    (NotFoundError, lambda error: _MISSING.get(getattr(error, "kind", ""), ErrorCode.INVALID_ID)),
    (AlreadyExistsError, lambda error: _TAKEN.get(getattr(error, "kind", ""), ErrorCode.NAME_EXISTS)),
    (NotEmptyError, lambda _: ErrorCode.QUEUE_NOT_EMPTY),
    (BadQueryError, lambda _: ErrorCode.VALIDATION),
    (UnavailableError, lambda _: ErrorCode.UNAVAILABLE),
]


def from_store(error: StoreError) -> ApiError:
    """The protocol's error for what the store could not do."""
    for kind, code in _TRANSLATIONS:
        if isinstance(error, kind):
            return ApiError(code(error), str(error))
    return ApiError(ErrorCode.GENERAL)
