"""Rows to records and back. Columns are named as the fields are, so there is nothing to translate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Column, Connection, Row, Table, select, update

from pellucid.store.errors import NotFoundError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def to_values(record: DataclassInstance) -> dict[str, Any]:
    """The columns of a record."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def to_record(kind: type[Record], row: Row[Any]) -> Record:
    """The record of a whole row."""
    return kind(**row._mapping)


def columns_of(table: Table, kind: type[Record]) -> list[Column[Any]]:
    """The columns that make a record, of a table that has more of them."""
    return [table.c[field.name] for field in fields(kind)]


def exists(connection: Connection, table: Table, key: str) -> bool:
    """Whether there is a row with this id."""
    return connection.execute(select(table.c.id).where(table.c.id == key)).first() is not None


def get_record(connection: Connection, table: Table, kind: type[Record], noun: str, key: str) -> Record:
    """The record with this id. Raises NotFoundError, which calls it by the noun."""
    row = connection.execute(select(table).where(table.c.id == key)).first()
    if row is None:
        raise NotFoundError(noun, key)
    return to_record(kind, row)


def lock_record(connection: Connection, table: Table, kind: type[Record], noun: str, key: str) -> Record:
    """As ``get_record``, for a row that is to be changed or removed: other writers wait until the transaction ends."""
    row = connection.execute(select(table).where(table.c.id == key).with_for_update()).first()
    if row is None:
        raise NotFoundError(noun, key)
    return to_record(kind, row)


def update_record(
    connection: Connection, table: Table, kind: type[Record], noun: str, key: str, change: Callable[[Record], Record]
) -> Record:
    """Replace the row with this id by what ``change`` makes of it. Raises NotFoundError.

    Every column but the id is written, changed or not: ``change`` may have altered a document in place.
    """
    record = change(lock_record(connection, table, kind, noun, key))
    values = {name: value for name, value in to_values(record).items() if name != "id"}
    connection.execute(update(table).where(table.c.id == key), values)
    return record
