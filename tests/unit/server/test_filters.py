"""The little languages of list filters."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.filters import ids_of, protocol_condition, seed_condition, to_query, words_of
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
    condition = protocol_condition("system_tags", query)

    assert callable(meaning)
    assert [holds(condition, tags) for tags in SUBSETS] == [meaning(tags) for tags in SUBSETS]


def test_unknown_operators_are_told() -> None:
    """The message names the field and the operator."""
    with pytest.raises(ApiError, match=r"tags: __\$strange"):
        seed_condition(["__$strange", "a"])
    with pytest.raises(ApiError, match=r"status: __\$strange"):
        protocol_condition("status", ["__$strange", "a"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (None, []),
        ("red", ["red"]),
        (["red", "blue"], ["red", "blue"]),
        (["-red"], ["green", "blue"]),
        (["__$not", "red", "__$not", "blue"], ["green"]),
        (["__$any", "red", "__$not", "blue"], ["red", "green"]),
        (["__$all", "red"], ["red"]),
        (["__$all", "red", "blue"], [""]),
        (["no such word"], [""]),
    ],
)
def test_a_column_of_few_words_understands_the_operators(query: Any, words: list[str]) -> None:
    """A condition that no word meets is not "no condition"."""
    assert words_of("colour", query, ["red", "green", "blue"]) == words


@pytest.mark.parametrize("value", ["-a", "__$not", None])
def test_ids_have_no_operators(value: str | None) -> None:
    """Better told than taken for an id that nothing has, or for no filter at all."""
    assert ids_of("parent", ["a", "b"]) == ["a", "b"]
    with pytest.raises(ApiError, match="parent"):
        ids_of("parent", [value])


def test_pages_are_capped_and_counted_from_zero() -> None:
    """500 rows at most, and by default."""
    assert (to_query(Query(), {}).offset, to_query(Query(), {}).limit) == (0, 500)
    assert to_query(Query(page=2, page_size=9_999), {}).offset == 1_000


def test_hidden_rows_are_found_by_id() -> None:
    """Or when asked for."""
    assert not to_query(Query(), {}).hidden
    assert to_query(Query(id="x"), {}).hidden
    assert to_query(Query(search_hidden=True), {}).hidden
