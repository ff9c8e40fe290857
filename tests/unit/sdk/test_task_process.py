"""Tests of ``pellucid.sdk.task_process``."""

from __future__ import annotations

import pytest

from pellucid import Task, UsageError
from pellucid.sdk import current

pytestmark = pytest.mark.usefixtures("configured")


def test_a_task_is_run_without_an_agent() -> None:
    """As an agent would: its parameters count, its names stay; it ends with this process, with its console."""
    draft = Task.create("process tests", "a draft", argparse_args={"lr": 0.5})
    draft.set_parameter("General/epochs", 9)
    assert Task.running_locally()
    Task.debug_simulate_remote_task(draft.id)
    assert not Task.running_locally()
    task = Task.init("process tests", "ignored")
    settings = task.connect({"epochs": 3})
    print("a line")
    with pytest.raises(UsageError, match=r"debug_simulate_remote_task: task .* is running"):
        Task.debug_simulate_remote_task(draft.id)
    task.close()

    assert (task.id, settings["epochs"]) == (draft.id, 9)
    assert (draft.status, draft.name) == ("completed", "a draft")
    assert "a line" in draft.get_reported_console_output(10)


def test_a_task_is_reset_and_run_again() -> None:
    """Without what it reported before."""
    former = Task.init("process tests", "again", reuse_last_task_id=False)
    former.get_logger().report_scalar("loss", "train", 1.0, 0)
    former.close()
    Task.debug_simulate_remote_task(former.id, reset_task=True)
    task = Task.init()

    assert task.id == former.id
    assert task.get_last_scalar_metrics() == {}


def test_what_can_t_be_run() -> None:
    """A task that is not there."""
    with pytest.raises(UsageError, match="there is no task"):
        Task.debug_simulate_remote_task("0" * 32)
    with pytest.raises(UsageError, match="task_id is 3"):
        Task.debug_simulate_remote_task(3)  # type: ignore[arg-type]
    assert Task.running_locally()
    assert current.peek() is None


def test_a_call_that_changes_nothing_says_so() -> None:
    """The load of the machine waits for no iterations."""
    assert not Task.set_resource_monitor_iteration_timeout(10.0, max_wait_for_first_iteration_to_start_sec=60)
    with pytest.raises(UsageError, match="seconds_from_start is 'soon'"):
        Task.set_resource_monitor_iteration_timeout("soon")  # type: ignore[arg-type]
