"""Requests of listings as queries of the store (protocol §2.0)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from pellucid.server.errors import ApiError
from pellucid.server.list_filters import as_list, protocol_condition, seed_condition, spelt_out_condition
from pellucid.server.range_filters import moment_condition, number_condition
from pellucid.server.scrolling import page_of
from pellucid.store.conditions import Condition, Every, Has, Matches, Some
from pellucid.store.records import Query
from pellucid.wire.codes import ErrorCode
from pellucid.wire.query import FieldsFilter
from pellucid.wire.query import Query as WireQuery

_LISTS: Final = ("user", "type", "status", "project", "parent", "task", "uri", "framework", "path", "system_tags")
_PATTERNS: Final = ("comment", "report", "basename", "description")
_MOMENTS: Final = (
    "created",
    "started",
    "completed",
    "published",
    "status_changed",
    "last_update",
    "last_change",
    "last_worker_report",
)
_NUMBERS: Final = ("active_duration", "last_iteration")
_FLAGS: Final = ("ready",)
_RANGE: Final[Any] = str | int | float | list[str | int | float | None]
_SEARCHED: Final = ("name", "id", "comment", "description")


def to_query(request: WireQuery, *more: Condition | None, beside: Sequence[str] = ()) -> Query:
    """The query of the store that a request is.

    Args:
        request: filters, order and page.
        more: further conditions; ``None`` is none.
        beside: fields of the request that ``more`` takes care of.

    Raises:
        ApiError: 400/12 or 400/16; the sentence names the field.
    """
    ids = [item for item in as_list(request.id) if item is not None]
    order = [request.order_by] if isinstance(request.order_by, str) else request.order_by or []
    offset, limit = page_of(request)
    conditions = [*_conditions(request, beside), *more]
    return Query(
        ids=ids or None,
        name=request.name or None,
        where=tuple(condition for condition in conditions if condition is not None),
        hidden=bool(request.search_hidden) or bool(ids),
        order_by=[(field.removeprefix("-"), field.startswith("-")) for field in order],
        offset=offset,
        limit=limit,
    )


def _conditions(request: WireQuery, beside: Sequence[str]) -> list[Condition | None]:
    found = [seed_condition("tags", as_list(request.tags))]
    for fields, to_condition in _LANGUAGES:
        for field in fields:
            value = getattr(request, field, None)
            if value is not None and field not in beside:
                found.append(to_condition(field, value))
    found += [_by_path(path, value) for path, value in (request.by_path or {}).items()]
    found += [spelt_out_condition(field, given) for field, given in (request.filters or {}).items()]
    for given, joined in (
        (request.all_fields, Every),
        (request.and_fields, Every),
        (request.any_fields, Some),
        (request.or_fields, Some),
    ):
        if given is not None:
            found.append(joined(tuple(_fields_conditions(given))))
    if request.search_text:
        found.append(_text_condition(request, request.search_text))
    return found


_LANGUAGES: Final[tuple[tuple[Sequence[str], Callable[[str, Any], Condition | None]], ...]] = (
    (_LISTS, lambda field, value: protocol_condition(field, as_list(value))),
    (_PATTERNS, lambda field, value: Matches(field, value) if value else None),
    (_MOMENTS, moment_condition),
    (_NUMBERS, number_condition),
    (_FLAGS, lambda field, value: Has(field, ("true" if value else "false",))),
)


def _by_path(path: str, value: Any) -> Condition | None:
    """A filter by what is inside a document: a range of a metric or, as ``{"range": ...}``, of another number, else a
    list filter of texts."""
    if isinstance(value, dict) and value.keys() == {"range"}:
        return number_condition(path, _of_type(path, value["range"], _RANGE))
    if path.startswith("last_metrics."):
        return number_condition(path, _of_type(path, value, _RANGE))
    items = value if isinstance(value, list) else [value]
    return protocol_condition(path, [_as_stored(path, item) for item in items])


def _as_stored(path: str, item: Any) -> str | None:
    """A value as the text that the store makes of what is inside a document."""
    if isinstance(item, bool):
        return "true" if item else "false"
    return None if item is None else str(_of_type(path, item, str | int | float))


def _of_type(path: str, value: Any, wanted: Any) -> Any:
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise ApiError(ErrorCode.VALIDATION, f"{path}: {error}") from error


def _fields_conditions(given: FieldsFilter) -> list[Condition]:
    conditions: list[Condition] = []
    for field in given.fields:
        if given.pattern is not None:
            conditions.append(Matches(field, f"(?i){given.pattern}"))
        if given.datetime is not None:
            conditions.append(moment_condition(field, given.datetime))  # type: ignore[arg-type]  # a list is invariant
    return conditions


def _text_condition(request: WireQuery, text: str) -> Condition:
    pattern = f"(?i){re.escape(text)}"
    fields = [field for field in _SEARCHED if hasattr(request, field)]
    return Some(tuple(Matches(field, pattern) for field in fields))
