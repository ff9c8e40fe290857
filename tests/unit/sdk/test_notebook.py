"""Which notebook it is; with a real kernel in ``tests/frameworks/test_notebooks.py``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pellucid.base.log import troubles
from pellucid.sdk.notebook import Notebook, find_notebook


class Events:
    """Calls back when a cell is done."""

    def __init__(self) -> None:
        self.called: list[Any] = []

    def register(self, _: str, function: Any) -> None:
        """Call it."""
        self.called.append(function)

    def unregister(self, _: str, function: Any) -> None:
        """Do so no more."""
        self.called.remove(function)


@pytest.fixture
def shell() -> SimpleNamespace:
    """As IPython has it, with one cell executed."""
    history = SimpleNamespace(input_hist_raw=["", "x = 1"])
    return SimpleNamespace(user_ns={}, history_manager=history, events=Events(), kernel=object())


def test_where_it_is(shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its server says; else nobody knows."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert (Notebook(shell).name, Notebook(shell).file) == ("notebook.py", None)
    (tmp_path / "code.ipynb").touch()
    shell.user_ns["__vsc_ipynb_file__"] = str(tmp_path / "code.ipynb")
    assert (Notebook(shell).name, Notebook(shell).file) == ("code.py", tmp_path / "code.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "on/a/server.ipynb")
    assert (Notebook(shell).name, Notebook(shell).file) == ("server.py", None)


def test_it_is_watched_until_it_is_left(shell: Any) -> None:
    """An error of ours is no error of the cell."""
    notebook, seen = Notebook(shell), []
    notebook.watch(lambda: seen.append(notebook.text()))
    (ran,) = shell.events.called
    ran("result")
    assert seen == ["x = 1\n"]

    def fail() -> None:
        raise RuntimeError("ours")

    notebook.leave()
    assert shell.events.called == []
    notebook.watch(fail)
    before = troubles().get("notebook", 0)
    shell.events.called[0]("result")
    assert troubles()["notebook"] == before + 1


def test_a_program_is_no_notebook() -> None:
    """Whether IPython is imported or not."""
    assert find_notebook() is None
