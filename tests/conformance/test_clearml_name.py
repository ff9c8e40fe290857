"""The import name ``clearml`` in this environment is Pellucid's own."""

from __future__ import annotations

import importlib
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import clearml
import pellucid


def test_the_same_things_under_the_other_name() -> None:
    """Everything that is exported is the very same object."""
    assert sorted(clearml.__all__) == sorted(pellucid.__all__)
    for name in clearml.__all__:
        assert getattr(clearml, name) is getattr(pellucid, name)


@pytest.mark.parametrize("module", ["logger", "model", "storage", "task"])
def test_the_modules_that_scripts_import_from(module: str) -> None:
    """Have the same things."""
    found = importlib.import_module(f"clearml.{module}")
    assert found.__all__
    for name in found.__all__:
        assert getattr(found, name) is getattr(pellucid, name)


def test_the_classic_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``clearml-task`` imports offline sessions as it does elsewhere (sdk-surface §3.14)."""
    document = tomllib.loads((Path(__file__).parents[2] / "compat" / "clearml" / "pyproject.toml").read_text())
    command = EntryPoint("clearml-task", document["project"]["scripts"]["clearml-task"], "console_scripts").load()
    monkeypatch.setenv("PELLUCID_HOME", str(tmp_path))
    monkeypatch.setenv("PELLUCID_OFFLINE_MODE", "1")  # so that no server is looked for

    assert command(["--import-offline-session", "session.zip"]) == 2
    assert "offline mode is on" in capsys.readouterr().err
