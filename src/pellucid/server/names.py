"""Objects with names in place of ids, as the ``*_ex`` endpoints return them (protocol §1.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pellucid.store.records import Query


def names_of(find: Callable[[Query], Sequence[Any]], ids: Iterable[str | None]) -> dict[str, str]:
    """The names of rows by their ids; what does not exist is left out."""
    wanted = sorted({key for key in ids if key})
    return {row.id: row.name for row in find(Query(ids=wanted, limit=len(wanted)))} if wanted else {}


def named(document: dict[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A document with the fields that hold ids replaced; what does not exist has its id only."""
    replaced = {}
    for field, known in names.items():
        key = document.get(field)
        replaced[field] = {"id": key, **({"name": known[key]} if key in known else {})} if key else None
    return {**document, **replaced}
