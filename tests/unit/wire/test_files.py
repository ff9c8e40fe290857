"""Names become paths as existing clients make them (protocol §1.11)."""

from __future__ import annotations

import pytest

from pellucid.wire.files import component, file_url, safe_name, task_folder

TASK = "ab" * 16


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain name", "plain name"),
        ("a/b", "a.slash.b"),
        ("50% & more?", "500x25 0x26 more0x3F"),
        ("../up", "...slash.up"),
        ("名前", "名前"),
    ],
)
def test_a_name_is_one_component(name: str, expected: str) -> None:
    """No slash survives, nor a character that means something in an address."""
    assert safe_name(name) == expected


def test_a_task_s_folder_keeps_the_project_s_tree() -> None:
    """Projects nest, tasks carry their id, long names are cut before the id."""
    assert task_folder("a/b", "run 1", TASK) == f"a/b/run 1.{TASK}"
    assert task_folder("a", "n" * 500, TASK) == f"a/{'n' * 128}.{TASK}"


def test_addresses_are_quoted() -> None:
    """The path is percent-encoded, its slashes are kept."""
    assert file_url("http://host:8008/files/", "a/run 1/ö.txt") == "http://host:8008/files/a/run%201/%C3%B6.txt"


def test_long_names_are_cut_but_stay_apart() -> None:
    """In bytes, as file systems count; a character is not cut in two."""
    first, second = component("ü" * 150 + "a"), component("ü" * 150 + "b")

    assert first != second
    assert max(len(first.encode()), len(second.encode())) < 255
    assert component("a/b") == safe_name("a/b")
