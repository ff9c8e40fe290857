"""``only_fields``."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.server.projection import project, wanted_series

DOCUMENT: dict[str, Any] = {
    "id": "1",
    "name": "x",
    "runtime": {"version": 2, "a.b": 3, "deep": {"er": 4}},
    "script": {"diff": "d", "binary": "p"},
}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (None, DOCUMENT),
        ([], DOCUMENT),
        (["name"], {"id": "1", "name": "x"}),
        ("name", {"id": "1", "name": "x"}),
        (["runtime.version"], {"id": "1", "runtime": {"version": 2}}),
        (["runtime.a.b", "runtime.deep.er"], {"id": "1", "runtime": {"a.b": 3, "deep": {"er": 4}}}),
        (["runtime.a%2Eb"], {"id": "1", "runtime": {"a.b": 3}}),
        (["absent", "runtime.absent", "name.deeper"], {"id": "1", "runtime": {}, "name": "x"}),
        (["-script", "-runtime.deep"], {"id": "1", "name": "x", "runtime": {"version": 2, "a.b": 3}}),
    ],
)
def test_paths_select_parts(fields: Any, expected: dict[str, Any]) -> None:
    """The id always comes along; paths that lead nowhere are passed over, their section stays an object."""
    assert project(DOCUMENT, fields) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (None, None),
        (["-last_metrics.a.b"], None),
        (["last_metrics", "last_metrics.a.b"], None),
        (["last_metrics.a"], None),
        (["name", "last_metrics.a.b", "last_metrics.c.d.value"], [("a", "b"), ("c", "d")]),
        ("last_metrics.a.b.min_value", [("a", "b")]),
    ],
)
def test_the_series_that_are_wanted(fields: Any, expected: list[tuple[str, str]] | None) -> None:
    """So that those of other names need not be read."""
    assert wanted_series(fields) == expected


def test_the_document_itself_is_left_alone() -> None:
    """A projection is a copy."""
    before = repr(DOCUMENT)

    project(DOCUMENT, ["runtime.version", "-runtime.deep"])

    assert repr(DOCUMENT) == before
