"""``pellucid doctor``."""

from __future__ import annotations

import json

import pytest

from pellucid.base.settings import OPTIONS
from pellucid.cli.idle_variables import IDLE
from pellucid.cli.main import main
from pellucid.testing.server import RunningServer


def test_all_is_well_and_no_secret_is_printed(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check is there; the key's secret is not."""
    assert main(["doctor", "--json"]) == 0

    output = capsys.readouterr().out
    findings = {finding["check"]: finding for finding in json.loads(output)}
    assert set(findings) == {"version", "configuration", "data folder", "runs on disk", "server"}
    assert findings["server"]["verdict"] == "ok"
    assert "PELLUCID_API_HOST" in findings["configuration"]["text"]
    assert server.secret_key not in output


def test_a_wrong_key_is_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The server's own sentence says what is wrong."""
    monkeypatch.setenv("PELLUCID_API_SECRET_KEY", "not the secret")

    assert main(["doctor"]) == 1

    assert "bad" in capsys.readouterr().out


def test_a_variable_that_changes_nothing(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is told, with the reason; it is no fault."""
    monkeypatch.setenv("CLEARML_CUDA_VERSION", "12.4")

    assert main(["doctor"]) == 0

    assert "CLEARML_CUDA_VERSION changes nothing: packages that depend on it" in capsys.readouterr().out


def test_a_variable_has_an_effect_or_changes_nothing() -> None:
    """Not both."""
    assert not IDLE.keys() & {option.variable for option in OPTIONS.values()}
