"""The little languages of list filters."""

from __future__ import annotations

from itertools import combinations

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.list_filters import protocol_condition, seed_condition, spelt_out_condition
from pellucid.store.conditions import Condition, Every, Has, Some, Without
from pellucid.wire.query import ListFilter, Members

TAGS = "abcd"
SUBSETS = [frozenset(subset) for size in range(5) for subset in combinations(TAGS, size)]


def holds(condition: Condition | None, tags: frozenset[str]) -> bool:
    """What a condition means, spelled out."""
    match condition:
        case None:
            return True
        case Has(_, values):
            return bool(tags & set(values)) or (None in values and not tags)
        case Without(part):
            return not holds(part, tags)
        case Every(parts):
            return all(holds(part, tags) for part in parts)
        case Some(parts):
            return any(holds(part, tags) for part in parts)
    raise AssertionError(condition)


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        (["a", "b", "c"], lambda t: bool(t & {"a", "b", "c"})),
        (["__$and", "a", "b", "c"], lambda t: t >= {"a", "b", "c"}),
        (["__$not", "a", "b", "__$not", "c"], lambda t: "a" not in t and "b" in t and "c" not in t),
        (["a", "b", "__$and", "c", "d"], lambda t: "a" in t or "b" in t or t >= {"c", "d"}),
        (["__$and", "__$or", "a", "b", "__$and", "c", "d"], lambda t: bool(t & {"a", "b"}) and t >= {"c", "d"}),
        (["a", "-b"], lambda t: "a" in t or "b" not in t),
        (
            ["__$all", "a", "__$or", "b", "__$not", "c", "__$and", "d"],
            lambda t: "a" in t and ("b" in t or "c" not in t) and "d" in t,
        ),
        ([None, "a"], lambda t: "a" in t or not t),
    ],
)
def test_tags_follow_the_guide_s_algebra(query: list[str], meaning: object) -> None:
    """Its five examples, the mixed one of its code, and a longer one, over all sets of four tags."""
    condition = seed_condition("tags", query)

    assert callable(meaning)
    assert [holds(condition, tags) for tags in SUBSETS] == [meaning(tags) for tags in SUBSETS]


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        (["a", "-b"], lambda t: "a" in t and "b" not in t),
        (["-a"], lambda t: "a" not in t),
        (["__$all", "a", "__$not", "b"], lambda t: "a" in t and "b" not in t),
        (["__$or", "a", "__$not", "b"], lambda t: "a" in t or "b" not in t),
        (["a", "b"], lambda t: bool(t & {"a", "b"})),
        (["a", None], lambda t: "a" in t or not t),
        (["__$not", None], lambda t: bool(t)),
        (["__$any", "a", "__$nop", "b"], lambda t: bool(t & {"a", "b"})),
    ],
)
def test_system_tags_follow_the_protocol(query: list[str], meaning: object) -> None:
    """Existing clients compose these by themselves (protocol §2.0)."""
    condition = protocol_condition("system_tags", query)

    assert callable(meaning)
    assert [holds(condition, tags) for tags in SUBSETS] == [meaning(tags) for tags in SUBSETS]


def test_unknown_operators_are_told() -> None:
    """The message names the field and the operator."""
    with pytest.raises(ApiError, match=r"tags: __\$strange"):
        seed_condition("tags", ["__$strange", "a"])
    with pytest.raises(ApiError, match=r"status: __\$strange"):
        protocol_condition("status", ["__$strange", "a"])


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        (ListFilter(any=Members(include=["a", "b"])), lambda t: bool(t & {"a", "b"})),
        (ListFilter(any=Members(include=["a"], exclude=["b"])), lambda t: "a" in t or "b" not in t),
        (ListFilter(all=Members(include=["a", "b"], exclude=["c"])), lambda t: t >= {"a", "b"} and "c" not in t),
        (
            ListFilter(any=Members(include=["a"]), all=Members(include=["b", "c"]), op="or"),
            lambda t: "a" in t or t >= {"b", "c"},
        ),
        (
            ListFilter(any=Members(include=["a", None]), all=Members(exclude=["b"])),
            lambda t: ("a" in t or not t) and "b" not in t,
        ),
        (ListFilter(), lambda t: True),
    ],
)
def test_filters_that_are_spelt_out(given: ListFilter, meaning: object) -> None:
    """As the web page of the protocol sends them (protocol §2.0)."""
    condition = spelt_out_condition("tags", given)

    assert callable(meaning)
    assert [holds(condition, tags) for tags in SUBSETS] == [meaning(tags) for tags in SUBSETS]


def test_a_wrong_operation_is_told() -> None:
    """With the allowed ones."""
    with pytest.raises(ApiError, match=r"filters\.tags\.op is 'xor'; allowed are and, or"):
        spelt_out_condition("tags", ListFilter(op="xor"))
