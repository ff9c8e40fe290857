"""``pellucid logs``."""

from __future__ import annotations

import json

import pytest

from pellucid.cli.main import main


@pytest.mark.parametrize("words", [["logs", "first"], ["logs", "first", "--follow"]])
@pytest.mark.usefixtures("finished_task")
def test_the_console_is_printed_in_order(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Following a task that has ended prints the same and ends."""
    assert main(words) == 0

    assert capsys.readouterr().out == "one\ntwo\n"


@pytest.mark.usefixtures("finished_task")
def test_json_is_one_document_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, so that a program can follow too."""
    assert main(["logs", "first", "--json"]) == 0

    assert [json.loads(line)["msg"] for line in capsys.readouterr().out.splitlines()] == ["one", "two"]
