"""What a store says when it cannot do what it was asked.

StoreError
├── NotFoundError            no such task, project, user: ``kind`` and ``key`` say which
├── AlreadyExistsError       the name or id is taken
├── NotEmptyError            it still holds something, and cannot be removed
├── BadQueryError            a filter that cannot be evaluated; the sentence names the field
├── NewerSchemaError         the data was written by a newer release; nothing was touched
└── UnavailableError         the disk or the database does not answer; trying again later may work
"""

from __future__ import annotations


class StoreError(Exception):
    """The root of the store's errors."""


class NotFoundError(StoreError):
    """A row that was asked for by its key does not exist."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind
        self.key = key


class AlreadyExistsError(StoreError):
    """A row with this unique key exists."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key!r} already exists")
        self.kind = kind
        self.key = key


class NotEmptyError(StoreError):
    """A row that is to be removed still holds others."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key!r} is not empty")
        self.kind = kind
        self.key = key


class BadQueryError(StoreError):
    """A filter or an order that cannot be evaluated."""


class NewerSchemaError(StoreError):
    """The data belongs to a newer release."""


class UnavailableError(StoreError):
    """The disk is full, or the database is away."""
