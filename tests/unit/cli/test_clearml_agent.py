"""``clearml-agent``; what it does is in ``test_agent``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pellucid.base.version import __version__
from pellucid.cli import clearml_agent
from pellucid.cli import main as pellucid


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that ``pellucid`` is run with, in place of running it."""
    said: list[list[str]] = []

    def note(words: list[str]) -> int:
        said.append(words)
        return 0

    monkeypatch.setattr(pellucid, "main", note)
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setitem(os.environ, "CLEARML_CONFIG_FILE", "/dev/null")
    return said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "daemon --queue Q --foreground --cpu-only --create-queue",
            "agent --queue Q --create-queue --foreground --cpu-only",
        ),
        ("daemon --queue high low --order-fairness -d", "agent --queue high --queue low --detached --fair"),
        ("daemon", "agent --queue default"),
        ("daemon --gpus 0,1 --services-mode 4", "agent --queue default --slots 4 --gpus 0,1"),
        ("daemon --gpus all --services-mode", "agent --queue default --slots 10"),
        ("daemon --gpus none", "agent --queue default --cpu-only"),
        ("daemon --docker", "agent --queue default --engine container"),
        ("daemon --docker python:3.12", "agent --queue default --engine container --image python:3.12"),
        ("daemon --gpus 0 --docker", "agent --queue default --gpus 0 --engine container"),
        ("daemon --stop", "agent --stop"),
        ("daemon --stop host:0", "agent --stop host:0"),
        ("daemon --status", "agent --status"),
        ("execute --id abc", "agent execute abc"),
        ("execute --id abc --gpus 0", "agent --gpus 0 execute abc"),
        ("execute --id abc --cpu-only --docker", "agent --cpu-only --engine container execute abc"),
        ("list", "worker ls"),
    ],
)
def test_the_classic_words(said: list[list[str]], words: str, expected: str) -> None:
    """Each has its own here."""
    assert clearml_agent.main(words.split()) == 0
    assert said == [expected.split()]
    assert sys.argv == ["pellucid", *expected.split()]


def test_another_configuration(said: list[list[str]], tmp_path: Path) -> None:
    """Is everybody's from then on."""
    clearml_agent.main(["--config-file", str(tmp_path / "other.conf"), "list"])

    assert os.environ["CLEARML_CONFIG_FILE"] == str(tmp_path / "other.conf")


def test_arguments_from_a_file(said: list[list[str]], tmp_path: Path) -> None:
    """One on each line."""
    (tmp_path / "words").write_text("daemon\n--queue\nQ\n")
    clearml_agent.main([f"@{tmp_path}/words"])

    assert said == [["agent", "--queue", "Q"]]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Pellucid's own."""
    with pytest.raises(SystemExit):
        clearml_agent.main(["--version"])

    assert __version__ in capsys.readouterr().out
