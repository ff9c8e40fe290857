"""Where data goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.base.paths import data_home, writable_home


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"PELLUCID_HOME": "/data/pellucid", "XDG_DATA_HOME": "/xdg"}, Path("/data/pellucid")),
        ({"XDG_DATA_HOME": "/xdg"}, Path("/xdg/pellucid")),
    ],
)
def test_the_environment_says_where(environ: dict[str, str], expected: Path) -> None:
    """The product's own variable wins over the desktop's."""
    assert data_home(environ) == expected


def test_a_home_that_can_be_written_is_made(tmp_path: Path) -> None:
    """Its folder appears, closed to others."""
    home = writable_home({"PELLUCID_HOME": str(tmp_path / "new" / "home")})

    assert home == tmp_path / "new" / "home"
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_home_that_cannot_be_made_gives_way_to_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run is recorded even where the home folder is no folder."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))

    home = writable_home({"PELLUCID_HOME": str(tmp_path / "file" / "home")})

    assert home.parent == tmp_path
    assert home.is_dir()
