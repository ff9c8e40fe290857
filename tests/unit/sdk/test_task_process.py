"""Tests of ``pellucid.sdk.task_process``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid import Task, UsageError
from pellucid.sdk import current
from pellucid.testing.server import RunningServer

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


def test_credentials_in_code(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Come before those that are configured."""
    monkeypatch.setenv("PELLUCID_API_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("PELLUCID_API_SECRET_KEY", "another one's")
    Task.set_credentials(api_host=server.url, key=server.access_key, secret=server.secret_key)
    task = Task.init("process tests", "with credentials", reuse_last_task_id=False)
    with pytest.raises(UsageError, match=r"set_credentials: task .* is running"):
        Task.set_credentials(api_host=server.url)
    task.close()

    assert Task.get_task(task.id).status == "completed"


def test_credentials_that_can_not_be_used_change_nothing(server: RunningServer) -> None:
    """The argument is named."""
    with pytest.raises(UsageError, match="web_host is 'nonsense'; allowed is an address"):
        Task.set_credentials(api_host="http://127.0.0.1:9", web_host="nonsense")
    assert Task.create("process tests", "a draft").status == "created"


def test_credentials_are_stored(server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a new file, for later programs; one that is there is not touched."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLEARML_CONFIG_FILE")
    file = tmp_path / "clearml.conf"
    with pytest.raises(UsageError, match="api_host, key and secret are needed"):
        Task.set_credentials(api_host=server.url, store_conf_file=True)
    assert not file.exists()

    known = {"api_host": server.url, "key": server.access_key, "secret": server.secret_key}
    Task.set_credentials(**known, store_conf_file=True)
    with pytest.raises(UsageError, match=r"there is a .*clearml\.conf already"):
        Task.set_credentials(**known, store_conf_file=True)

    assert file.stat().st_mode & 0o777 == 0o600
    Task.set_credentials()
    for half in ("API_HOST", "API_ACCESS_KEY", "API_SECRET_KEY"):
        monkeypatch.delenv(f"PELLUCID_{half}")
    assert Task.create("process tests", "another draft").status == "created"
