"""The life of a task (protocol §2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.task_status import TRANSITIONS, moved, pinged, was_reset
from pellucid.store.records import TaskRecord
from pellucid.wire.enums import TaskStatus

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=5)


def task(status: TaskStatus, **fields: object) -> TaskRecord:
    """A task in some status."""
    common = {"created": EARLIER, "last_update": EARLIER, "last_change": EARLIER}
    return TaskRecord(id="a" * 32, name="x", type="training", status=str(status), **(common | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("to", [status for status in TaskStatus if status is not TaskStatus.unknown])
@pytest.mark.parametrize("present", [status for status in TaskStatus if status is not TaskStatus.unknown])
def test_only_the_table_s_transitions_are_allowed(present: TaskStatus, to: TaskStatus) -> None:
    """Without force; saying the same again is allowed, and force allows all."""
    assert moved(task(present), to, now=NOW, force=True, reason=None, message=None).status == to
    if to == present or to in TRANSITIONS[present]:
        assert moved(task(present), to, now=NOW, force=False, reason=None, message=None).status == to
    else:
        with pytest.raises(ApiError, match=f"is {present} and cannot become {to}"):
            moved(task(present), to, now=NOW, force=False, reason=None, message=None)


def test_reason_and_message_are_set_or_emptied() -> None:
    """Never null: agents search the message for a word."""
    running = task(TaskStatus.in_progress, status_reason="old", status_message="stopping")

    changed = moved(running, TaskStatus.completed, now=NOW, force=False, reason="done", message=None)

    assert (changed.status_reason, changed.status_message) == ("done", "")


def test_starting_twice_keeps_the_first_start() -> None:
    """An agent says four times that a task runs."""
    running = moved(
        task(TaskStatus.created), TaskStatus.in_progress, now=EARLIER, force=False, reason=None, message=None
    )

    again = moved(running, TaskStatus.in_progress, now=NOW, force=True, reason=None, message=None)

    assert again.started == EARLIER


def test_an_end_is_timed() -> None:
    """When, and after how many seconds."""
    running = task(TaskStatus.in_progress, started=EARLIER)

    ended = moved(running, TaskStatus.failed, now=NOW, force=False, reason="x", message=None)

    assert (ended.completed, ended.active_duration) == (NOW, 300)


def test_reset_keeps_what_was_asked_for_and_drops_what_came_of_it() -> None:
    """Parameters and input artifacts stay; outputs, runtime and times go."""
    done = task(
        TaskStatus.completed,
        started=EARLIER,
        completed=NOW,
        last_iteration=7,
        runtime={"progress": "100"},
        hyperparams={"Args": {}},
        script={"entry_point": "train.py"},
        models={"input": [{"model": "i"}], "output": [{"model": "o"}]},
        execution={
            "queue": "q",
            "parameters": {"a": "1"},
            "artifacts": [{"key": "in", "mode": "input"}, {"key": "out", "mode": "output"}],
        },
    )

    draft = was_reset(done, now=NOW, force=False, clear_all=False)

    assert draft.status == TaskStatus.created
    assert (draft.started, draft.completed, draft.last_iteration, draft.runtime) == (None, None, 0, {})
    assert draft.models == {"input": [{"model": "i"}], "output": []}
    assert draft.execution == {"parameters": {"a": "1"}, "artifacts": [{"key": "in", "mode": "input"}]}
    assert (draft.hyperparams, draft.script) == ({"Args": {}}, {"entry_point": "train.py"})
    assert was_reset(done, now=NOW, force=False, clear_all=True).script == {}


def test_a_sign_of_life_updates_the_duration() -> None:
    """And the time of the last update."""
    alive = pinged(task(TaskStatus.in_progress, started=EARLIER), NOW)

    assert (alive.last_update, alive.active_duration) == (NOW, 300)


def test_a_late_sign_of_life_does_not_prolong_a_run() -> None:
    """It was under way when the run ended."""
    ended = task(TaskStatus.completed, started=EARLIER, active_duration=7)

    assert pinged(ended, NOW).active_duration == 7
