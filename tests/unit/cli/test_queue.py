"""``pellucid queue``."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from pellucid import Task
from pellucid.cli.main import main

pytestmark = pytest.mark.usefixtures("leaves_nothing")


@pytest.fixture
def queue(capsys: pytest.CaptureFixture[str]) -> str:
    """The name of a new queue."""
    name = f"queue {uuid4().hex}"
    assert main(["queue", "create", name]) == 0
    capsys.readouterr()
    return name


@pytest.fixture
def waiting(queue: str) -> list[str]:
    """Ids of two tasks that wait in it, in their order."""
    made = [Task.create("queue tests", name).id for name in ("one", "two")]
    for task in made:
        Task.enqueue(task, queue_name=queue)
    return made


def shown(queue: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What waits, as the command has it."""
    capsys.readouterr()
    assert main(["queue", "show", queue, "--json"]) == 0
    return [entry["task"]["id"] for entry in json.loads(capsys.readouterr().out)["entries"]]


def test_queues_are_listed(queue: str, waiting: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With how many tasks wait, and in which order."""
    assert main(["queue", "ls"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if queue in line)
    assert line.split()[-2:] == ["2", "-"]
    assert main(["queue", "show", queue]) == 0
    assert "two" in capsys.readouterr().out
    assert shown(queue, capsys) == waiting


def test_tasks_change_places(queue: str, waiting: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """To the front and to the back."""
    assert main(["queue", "move", queue, waiting[1], "front"]) == 0
    assert "is at place 1 of queue" in capsys.readouterr().out
    assert shown(queue, capsys) == waiting[::-1]
    assert main(["queue", "move", queue, waiting[1], "back"]) == 0
    assert shown(queue, capsys) == waiting


def test_a_queue_is_emptied_and_removed(queue: str, waiting: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One in which tasks wait only by force; they are drafts again."""
    assert main(["queue", "rm", queue]) == 1
    assert main(["queue", "clear", queue]) == 0
    assert "2 tasks wait no more" in capsys.readouterr().out
    assert [Task.get_task(task).status for task in waiting] == ["created", "created"]

    Task.enqueue(waiting[0], queue_name=queue)
    assert main(["queue", "rm", queue, "--force"]) == 0
    assert Task.get_task(waiting[0]).status == "created"
    assert main(["queue", "show", queue]) == 2
    assert "no queue" in capsys.readouterr().err


def test_a_queue_says_what_its_tasks_need(queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command adds, changes and takes back."""
    assert main(["queue", "resources", queue, "gpus=1", "memory=16G"]) == 0
    assert capsys.readouterr().out == "gpus=1\nmemory=16G\n"
    assert main(["queue", "resources", queue, "gpus=", "memory=8G"]) == 0
    capsys.readouterr()
    assert main(["queue", "resources", queue]) == 0
    assert capsys.readouterr().out == "memory=8G\n"


def test_a_queue_says_how_often_tasks_are_run_again(queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    """If their worker is lost."""
    assert main(["queue", "retries", queue]) == 0
    assert main(["queue", "retries", queue, "2"]) == 0
    assert capsys.readouterr().out == "0\n2\n"
    assert main(["queue", "retries", queue, "-1"]) == 2


@pytest.mark.parametrize(
    ("wish", "words"), [("gpus", "'gpus' is no resource; it has to be NAME=VALUE"), ("gpu=1", "allowed are cpus, gpus")]
)
def test_needs_that_mean_nothing(queue: str, capsys: pytest.CaptureFixture[str], wish: str, words: str) -> None:
    """Are said at once."""
    assert main(["queue", "resources", queue, wish]) != 0
    assert words in capsys.readouterr().err
