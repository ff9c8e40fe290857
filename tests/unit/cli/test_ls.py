"""``pellucid ls``."""

from __future__ import annotations

import json

import pytest

from pellucid.cli.main import main


@pytest.mark.parametrize("words", [["ls"], ["ls", "vision"], ["ls", "--status", "completed"], ["ls", "--name", "^fi"]])
def test_a_task_is_listed_with_its_project(
    finished_task: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line per task under the headings."""
    assert main(words) == 0

    headings, row = capsys.readouterr().out.splitlines()
    assert headings.split() == ["ID", "PROJECT", "NAME", "STATUS", "ITERATION", "UPDATED"]
    assert row.split()[:5] == [finished_task, "vision", "first", "completed", "3"]


def test_json_is_one_document(finished_task: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The same rows for programs."""
    assert main(["ls", "--json"]) == 0

    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["project_name"], row["tags"]) == (finished_task, "vision", ["good"])


@pytest.mark.usefixtures("finished_task")
def test_nothing_found_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty answer is a sentence, not an empty table."""
    assert main(["ls", "vision", "--status", "failed"]) == 0

    assert capsys.readouterr().out == "No tasks in vision.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["ls", "nowhere"], "no project 'nowhere'"), (["ls", "--limit", "0"], "--limit is 0; allowed are 1 to 500")],
)
def test_wrong_words_are_told(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line."""
    assert main(words) == 2

    assert sentence in capsys.readouterr().err
