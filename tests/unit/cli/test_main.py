"""The command as a whole."""

from __future__ import annotations

import pytest

from pellucid.cli.main import COMMANDS, main


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)])
def test_help_is_there_for_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A stranger can ask each one what it does."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: {' '.join(['pellucid', *words])}" in text
    assert len(text.splitlines()) > 5


def test_a_wrong_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the commands that there are."""
    with pytest.raises(SystemExit) as ended:
        main(["lst"])

    assert ended.value.code == 2
    assert "invalid choice: 'lst'" in capsys.readouterr().err
