"""The little languages of list filters."""

from __future__ import annotations

from itertools import combinations

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.filters import protocol_condition, seed_condition, to_query
from pellucid.store.records import Not, TagCondition
from pellucid.wire.query import Query

TAGS = "abcd"
SUBSETS = [frozenset(subset) for size in range(5) for subset in combinations(TAGS, size)]


def holds(condition: TagCondition | str | Not | None, tags: frozenset[str]) -> bool:
    """What a condition means, spelled out."""
    match condition:
        case None:
            return True
        case str():
            return condition in tags
        case Not():
            return condition.tag not in tags
    found = [holds(part, tags) for part in condition.parts]
    return all(found) if condition.every else any(found)


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
    ],
)
def test_tags_follow_the_guide_s_algebra(query: list[str], meaning: object) -> None:
    """Its five examples, the mixed one of its code, and a longer one, over all sets of four tags."""
    condition = seed_condition(query)

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
    ],
)
def test_system_tags_follow_the_protocol(query: list[str], meaning: object) -> None:
    """Existing clients compose these by themselves (protocol §2.0)."""
    condition = protocol_condition(query)

    assert callable(meaning)
    assert [holds(condition, tags) for tags in SUBSETS] == [meaning(tags) for tags in SUBSETS]


@pytest.mark.parametrize("compile_condition", [seed_condition, protocol_condition])
def test_unknown_operators_are_told(compile_condition: object) -> None:
    """The message names the operator."""
    assert callable(compile_condition)
    with pytest.raises(ApiError, match=r"__\$strange"):
        compile_condition(["__$strange", "a"])


def test_pages_are_capped_and_counted_from_zero() -> None:
    """500 rows at most, and by default."""
    assert (to_query(Query(), {}).offset, to_query(Query(), {}).limit) == (0, 500)
    assert to_query(Query(page=2, page_size=9_999), {}).offset == 1_000


def test_hidden_rows_are_found_by_id() -> None:
    """Or when asked for."""
    assert not to_query(Query(), {}).hidden
    assert to_query(Query(id="x"), {}).hidden
    assert to_query(Query(search_hidden=True), {}).hidden
