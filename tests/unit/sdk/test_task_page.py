"""Tests of ``pellucid.sdk.task_page``."""

from __future__ import annotations

import pytest

from pellucid import Task
from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.usefixtures("configured")


def test_where_a_task_is_looked_at(server: RunningServer) -> None:
    """By a task, or by its id alone."""
    task = Task.create("sdk tests", "looked at")
    path = f"tasks/{task.id}/output/log"

    assert task.get_output_log_web_page() == f"{server.url}/projects/{task.project}/{path}"
    assert Task.get_task_output_log_web_page(task.id) == f"{server.url}/projects/*/{path}"
    assert Task.get_task_output_log_web_page(task.id, "p", "http://page") == f"http://page/projects/p/{path}"


def test_where_files_go(server: RunningServer) -> None:
    """With a folder behind it, if that is wanted."""
    task = Task.create("sdk tests", "files go")

    assert task.get_output_destination() == ""
    task.output_uri = True
    assert task.get_output_destination() == f"{server.url}/files"
    assert task.get_output_destination("more/of it") == f"{server.url}/files/more/of it"
