"""``pellucid show``."""

from __future__ import annotations

import json

import pytest

from pellucid.cli.main import main


@pytest.mark.parametrize("words", ["first", "vision/first"])
def test_a_task_is_found_by_name_and_shown(finished_task: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Facts, parameters, last metrics and artifacts."""
    assert main(["show", words]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["id", finished_task] in lines
    assert ["status", "completed:", "completed"] in lines
    assert ["Args/epochs", "3", "int"] in lines
    assert ["loss", "/", "train", "0.25", "0.25", "1", "4"] in lines
    assert any(line[:3] == ["summary", "dict", "12"] for line in lines)


def test_json_is_the_task_document(finished_task: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By id, for programs."""
    assert main(["show", finished_task, "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert (document["id"], document["status"]) == (finished_task, "completed")


@pytest.mark.usefixtures("finished_task")
@pytest.mark.parametrize("words", ["vision/absent", "0" * 32])
def test_an_unknown_task_is_told(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says how to find one."""
    assert main(["show", words]) == 2

    assert f"no task {words!r}: give an id, a name, or project/name" in capsys.readouterr().err
