"""Programs of tasks that carry them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pellucid.agent.code import place_code
from pellucid.agent.commands import Commands
from pellucid.agent.errors import PreparationError
from pellucid.agent.settings import AgentSettings


def said(_: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize(
    ("script", "file", "arguments"),
    [
        pytest.param({"entry_point": "train.py"}, "train.py", [], id="a-name"),
        pytest.param({"entry_point": "train.py --lr '0 1'"}, "train.py", ["--lr", "0 1"], id="with-arguments"),
        pytest.param({}, "script.py", [], id="without-a-name"),
        pytest.param({"entry_point": "../../escaped.py"}, "escaped.py", [], id="outside"),
        pytest.param({"entry_point": "/usr/lib/absolute.py"}, "absolute.py", [], id="absolute"),
        pytest.param({"entry_point": "book.ipynb"}, "book.py", [], id="a-notebook-as-text"),
    ],
)
def test_a_script_of_its_own(
    tmp_path: Path, settings: AgentSettings, script: dict[str, Any], file: str, arguments: list[str]
) -> None:
    """Lies in the task's folder, wherever it was before."""
    code = place_code({"diff": "print(1)", **script}, tmp_path, settings, Commands(said))

    assert code.arguments == [str(code.root / file), *arguments]
    assert (code.root / file).read_text() == "print(1)"
    assert code.interpreter is None


def test_a_shell_script(tmp_path: Path, settings: AgentSettings) -> None:
    """By its shell."""
    code = place_code(
        {"diff": "echo 1", "entry_point": "run.sh", "binary": "/bin/bash"}, tmp_path, settings, Commands(said)
    )
    assert (code.interpreter, code.arguments) == ("/bin/bash", [str(code.root / "run.sh")])


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({}, "neither a repository nor a script"),
        ({"diff": "x", "working_dir": "../.."}, "outside of the task's code"),
        ({"diff": "x", "working_dir": "nowhere"}, "working folder nowhere"),
    ],
)
def test_what_cannot_run(tmp_path: Path, settings: AgentSettings, script: dict[str, str], sentence: str) -> None:
    """Says why."""
    with pytest.raises(PreparationError, match=sentence):
        place_code(script, tmp_path, settings, Commands(said))
