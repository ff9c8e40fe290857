"""List filters of searches, as conditions of the store (protocol §2.0; seed, Tag Filters)."""

from __future__ import annotations

from collections.abc import Iterable

from pellucid.server.errors import ApiError
from pellucid.store.records import Not, Query, TagCondition
from pellucid.wire.codes import ErrorCode
from pellucid.wire.query import OneOrMany
from pellucid.wire.query import Query as WireQuery

_ALL = {"__$all", "__$and"}
_ANY = {"__$any", "__$or"}
_NOT = "__$not"
_DEFAULT = "__$nop"
MOST_ROWS = 500


def as_list(value: OneOrMany | None) -> list[str | None]:
    """A list filter; a scalar stands for a list of one."""
    return [] if value is None else [value] if isinstance(value, str) else value


def to_query(request: WireQuery, equal: dict[str, list[str]]) -> Query:
    """What all searches have in common, with the columns that this one compares."""
    ids = [item for item in as_list(request.id) if item is not None]
    size = min(max(request.page_size or MOST_ROWS, 1), MOST_ROWS)
    order = [request.order_by] if isinstance(request.order_by, str) else request.order_by or []
    return Query(
        ids=ids if request.id is not None else None,
        name=request.name,
        equal=equal,
        tags=seed_condition(as_list(request.tags)),
        system_tags=protocol_condition("system_tags", as_list(request.system_tags)),
        hidden=bool(request.search_hidden) or bool(ids),
        order_by=[(field.lstrip("-"), field.startswith("-")) for field in order],
        offset=(request.page or 0) * size,
        limit=size,
    )


def ids_of(field: str, value: OneOrMany | None) -> list[str]:
    """The values of a column that holds an id. Raises ApiError 400/16 for operators, which are not known for these."""
    values = []
    for item in as_list(value):
        if item is None or item.startswith(("__$", "-")):
            raise ApiError(ErrorCode.UNSUPPORTED_OPERATOR, f"{field}: {item}")
        values.append(item)
    return values


def words_of(field: str, value: OneOrMany | None, vocabulary: Iterable[str]) -> list[str]:
    """The values that a column of a closed vocabulary may have, by the protocol's list operators.

    Raises:
        ApiError: 400/16 for an unknown operator.
    """
    condition = protocol_condition(field, as_list(value))
    if condition is None:
        return []
    # A column has one value, so that all words can be tried; a word that no row has stands for "none of them".
    return [word for word in vocabulary if _holds(condition, word)] or [""]


def _holds(condition: TagCondition, word: str) -> bool:
    outcomes = []
    for part in condition.parts:
        match part:
            case TagCondition():
                outcomes.append(_holds(part, word))
            case Not(tag):
                outcomes.append(tag != word)
            case tag:
                outcomes.append(tag == word)
    return all(outcomes) if condition.every else any(outcomes)


def seed_condition(values: Iterable[str | None]) -> TagCondition | None:
    """The user's tags: groups, each begun by an operator, joined by the operator at the beginning of the list.

    A plain list means any of its tags. ``__$not``, or ``-`` in front of a tag, negates the next one only. The joining
    operator is "and" if the list begins with ``__$and`` or ``__$not``, else "or".
    """
    items = [value for value in values if value is not None]
    if not items:
        return None
    every = items[0] in _ALL or items[0] == _NOT
    groups: list[tuple[bool, list[str | Not]]] = [(every, [])]
    negated = False
    for item in items:
        if item in _ALL | _ANY:
            groups.append((item in _ALL, []))
        elif item == _NOT:
            negated = True
        elif item == _DEFAULT:
            groups.append((every, []))
        elif item.startswith("__$"):
            raise ApiError(ErrorCode.UNSUPPORTED_OPERATOR, f"tags: {item}")
        else:
            groups[-1][1].append(_tag(item, negated=negated))
            negated = False
    parts = tuple(TagCondition(every=all_of, parts=tuple(tags)) for all_of, tags in groups if tags)
    return TagCondition(every=every, parts=parts) if parts else None


def _tag(item: str, *, negated: bool) -> str | Not:
    if negated:
        return Not(item)
    return Not(item[1:]) if item.startswith("-") and len(item) > 1 else item


def protocol_condition(field: str, values: Iterable[str | None]) -> TagCondition | None:
    """A list filter: values pooled as wanted, required and refused, the pools joined by the first operator.

    ``-x`` refuses x only while no operator has been seen (protocol §2.0).
    """
    pools: dict[str, list[str]] = {"in": [], "all": [], "nin": []}
    current, negated, joined_by = "in", False, None
    for item in values:
        if item is None:
            continue
        if item in _ALL | _ANY:
            current = "all" if item in _ALL else "in"
            joined_by = joined_by if joined_by is not None else current == "all"
        elif item == _NOT:
            negated = True
        elif item == _DEFAULT:
            current = "in"
        elif item.startswith("__$"):
            raise ApiError(ErrorCode.UNSUPPORTED_OPERATOR, f"{field}: {item}")
        elif negated:
            pools["nin"].append(item)
            negated = False
        elif item.startswith("-") and joined_by is None:
            pools["nin"].append(item[1:])
        else:
            pools[current].append(item)
    parts: list[TagCondition] = []
    if pools["in"]:
        parts.append(TagCondition(every=False, parts=tuple(pools["in"])))
    if pools["all"]:
        parts.append(TagCondition(every=True, parts=tuple(pools["all"])))
    if pools["nin"]:
        parts.append(TagCondition(every=True, parts=tuple(map(Not, pools["nin"]))))
    return TagCondition(every=joined_by is not False, parts=tuple(parts)) if parts else None
