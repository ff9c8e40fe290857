"""Tests of ``pellucid.cli.server``; what the server does is tested with ``pellucid.server``."""

from __future__ import annotations

import pytest

from pellucid.cli.main import main


def test_an_empty_folder_name_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a script whose variable is not set; it does not mean the present folder."""
    with pytest.raises(SystemExit) as ended:
        main(["server", "--data", ""])

    assert ended.value.code == 2
    assert "is empty; give a folder" in capsys.readouterr().err
