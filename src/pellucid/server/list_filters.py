"""The little languages of list filters, as conditions of the store (protocol §2.0; seed, Tag Filters)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pellucid.server.errors import ApiError
from pellucid.store.conditions import Condition, Every, Has, Some, Without
from pellucid.wire.codes import ErrorCode
from pellucid.wire.query import ListFilter, Members, OneOrMany

_ALL = {"__$all", "__$and"}
_ANY = {"__$any", "__$or"}
_NOT = "__$not"
_DEFAULT = "__$nop"


def as_list(value: OneOrMany | None) -> list[str | None]:
    """A list filter; a scalar stands for a list of one."""
    return [] if value is None else [value] if isinstance(value, str) else value


def seed_condition(field: str, values: Sequence[str | None]) -> Condition | None:
    """The user's tags: groups, each begun by an operator, joined by the operator at the beginning of the list.

    A plain list means any of its tags; ``None`` among them means none at all. ``__$not``, or ``-`` in front of a tag,
    negates the next one only. The joining operator is "and" if the list begins with ``__$and`` or ``__$not``, else
    "or".
    """
    if not values:
        return None
    every = values[0] in _ALL or values[0] == _NOT
    groups: list[tuple[bool, list[Condition]]] = [(every, [])]
    negated = False
    for item in values:
        if item is None:
            empty = Has(field, (None,))
            groups[-1][1].append(Without(empty) if negated else empty)
            negated = False
        elif item in _ALL | _ANY:
            groups.append((item in _ALL, []))
        elif item == _NOT:
            negated = True
        elif item == _DEFAULT:
            groups.append((every, []))
        elif item.startswith("__$"):
            raise ApiError(ErrorCode.UNSUPPORTED_OPERATOR, f"{field}: {item}")
        else:
            groups[-1][1].append(_tag(field, item, negated=negated))
            negated = False
    parts = [_joined(tags, every=all_of) for all_of, tags in groups if tags]
    return _joined(parts, every=every) if parts else None


def _tag(field: str, item: str, *, negated: bool) -> Condition:
    if not negated and item.startswith("-") and len(item) > 1:
        negated, item = True, item[1:]
    wanted = Has(field, (item,))
    return Without(wanted) if negated else wanted


def _joined(parts: Iterable[Condition], *, every: bool) -> Condition:
    return Every(tuple(parts)) if every else Some(tuple(parts))


def protocol_condition(field: str, values: Sequence[str | None]) -> Condition | None:
    """A list filter: values pooled as wanted, required and refused, the pools joined by the first operator.

    ``-x`` refuses x only while no operator has been seen; ``None`` stands for a missing or empty field (protocol §2.0).
    """
    pools: dict[str, list[str | None]] = {"in": [], "all": [], "nin": []}
    current, negated, joined_by = "in", False, None
    for item in values:
        if item is not None and item in _ALL | _ANY:
            current = "all" if item in _ALL else "in"
            joined_by = joined_by if joined_by is not None else current == "all"
        elif item == _NOT:
            negated = True
        elif item == _DEFAULT:
            current = "in"
        elif item is not None and item.startswith("__$"):
            raise ApiError(ErrorCode.UNSUPPORTED_OPERATOR, f"{field}: {item}")
        elif negated:
            pools["nin"].append(item)
            negated = False
        elif item is not None and item.startswith("-") and joined_by is None:
            pools["nin"].append(item[1:])
        else:
            pools[current].append(item)
    return _pooled(field, wanted=pools["in"], required=pools["all"], refused=pools["nin"], every=joined_by is not False)


def _pooled(
    field: str,
    *,
    wanted: Sequence[str | None],
    required: Sequence[str | None],
    refused: Sequence[str | None],
    every: bool,
) -> Condition | None:
    parts: list[Condition] = []
    if wanted:
        parts.append(Has(field, tuple(wanted)))
    if required:
        parts.append(Every(tuple(Has(field, (value,)) for value in required)))
    if refused:
        parts.append(Without(Has(field, tuple(refused))))
    return _joined(parts, every=every) if parts else None


def spelt_out_condition(field: str, given: ListFilter) -> Condition | None:
    """A filter of the ``filters`` key (protocol §2.0).

    ``any`` holds if one of the included elements is there or one of the excluded is not; ``all`` if all of the included
    are there and none of the excluded.
    """
    if given.op not in ("and", "or"):
        raise ApiError(ErrorCode.VALIDATION, f"filters.{field}.op is {given.op!r}; allowed are and, or")
    parts = []
    for members, every in ((given.any, False), (given.all, True)):
        if members is not None and (members.include or members.exclude):
            parts.append(_joined(_members(field, members), every=every))
    return _joined(parts, every=given.op == "and") if parts else None


def _members(field: str, members: Members) -> list[Condition]:
    present: list[Condition] = [Has(field, (value,)) for value in members.include]
    return present + [Without(Has(field, (value,))) for value in members.exclude]
