"""The guide speaks of calls that there are, in Python that compiles, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pellucid import Task
from pellucid.base.settings import OPTIONS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "guide.md", *sorted((DOCS / "guide").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_calls_exist(page: Path) -> None:
    """Of a task, whatever it is called."""
    called = set(re.findall(r"\b(?:[Tt]ask|draft)\.(\w+)\(", page.read_text(encoding="utf-8")))

    assert [name for name in sorted(called) if not hasattr(Task, name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_compile(page: Path) -> None:
    """Those in Python."""
    for example in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        compile(example, page.name, "exec")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file of the project."""
    links = re.findall(r"\]\(([^)#:]+)[^)]*\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_setting_is_described() -> None:
    """By its variable, and by its key in the classic file."""
    described = set(re.findall(r"`([\w.]+)`", (DOCS / "guide" / "settings.md").read_text(encoding="utf-8")))
    names = {name for option in OPTIONS.values() for name in (option.variable, option.key) if name is not None}

    assert sorted(names - described) == []
