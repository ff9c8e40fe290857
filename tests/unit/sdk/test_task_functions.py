"""Tests of ``pellucid.sdk.task_functions``: functions as tasks, run as an agent would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pellucid import Task, UsageError

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "function tests"


def begin() -> Task:
    """A task that this process runs."""
    return Task.init(PROJECT, "with functions", reuse_last_task_id=False)


def note(folder: Path, some_argument: int, sizes: list[int], **_: Any) -> None:
    """A function that leaves a trace."""
    (folder / "note.txt").write_text(f"{some_argument!r} {sizes!r}")


def make(task: Task, folder: Path, **given: Any) -> Task | None:
    """Have ``note`` be a task."""
    return task.create_function_task(note, folder=folder, some_argument=123, sizes=[1, 2], **given)


def test_m126_m127_a_function_becomes_a_draft(tmp_path: Path) -> None:
    """Like this task, with the arguments that are data as parameters."""
    task = begin()
    task.set_parameters({"Args/lr": 0.1})

    draft = make(task, tmp_path)

    assert draft is not None
    assert (draft.name, draft.status, draft.parent) == ("with functions note", "created", task.id)
    assert draft.get_system_tags() == ["func"]
    assert draft.get_parameters() == {
        "Args/lr": "0.1",
        "Function/some_argument": "123",
        "Function/sizes": "[1, 2]",
        "Function/__func_readonly__": "note",
    }
    assert not list(tmp_path.glob("note.txt"))


def test_m126_names_tell_functions_apart(tmp_path: Path) -> None:
    """One name, one task."""
    task = begin()
    make(task, tmp_path)
    with pytest.raises(UsageError, match="func_name is 'note'"):
        make(task, tmp_path)

    other = make(task, tmp_path, func_name="second", task_name="a name of its own")

    assert other is not None
    assert (other.name, other.get_parameter("Function/__func_readonly__")) == ("a name of its own", "second")


def test_m128_m129_an_agent_runs_the_function_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what was changed on the task, each argument of its own type; and then the process ends."""
    task = begin()
    draft = make(task, tmp_path)
    assert draft is not None
    draft.set_parameter("Function/some_argument", 456)
    task.close()

    monkeypatch.setenv("CLEARML_TASK_ID", draft.id)
    run = begin()
    assert run.create_function_task(print, func_name="another") is None
    with pytest.raises(SystemExit) as exited:
        make(run, tmp_path)

    assert not exited.value.code
    assert (tmp_path / "note.txt").read_text() == "456 [1, 2]"


def test_m129_what_cannot_be() -> None:
    """Says what is allowed."""
    stored = Task.create(PROJECT, "not running")
    with pytest.raises(UsageError, match="was not begun here by"):
        stored.create_function_task(print)
    with pytest.raises(UsageError, match="func is 3"):
        begin().create_function_task(3)  # type: ignore[arg-type]
