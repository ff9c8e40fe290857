"""The built web app, as files."""

from __future__ import annotations

from pathlib import Path


def asset_dir() -> Path | None:
    """The folder of the built app; ``None`` in a checkout where it has not been built."""
    folder = Path(__file__).parent / "dist"
    return folder if (folder / "index.html").exists() else None
