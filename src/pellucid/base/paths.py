"""Where Pellucid keeps things on this machine.

``PELLUCID_HOME``, else ``$XDG_DATA_HOME/pellucid``, else ``~/.local/share/pellucid``::

    runs/<run id>/      the journal of a run, until the server has all of it; an offline one's ``.zip`` beside it
    imports/            what is on which server of the offline sessions that were imported
    server/             data of the user's local server, with ``server.json`` that says where it listens
    cache/              downloaded artifacts
    model_files/        which model a file of this machine is
    session.json        the last task of each project and name, for reuse and continuation
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def data_home(environ: Mapping[str, str] = os.environ) -> Path:
    """The root of this user's Pellucid data; not created."""
    if explicit := environ.get("PELLUCID_HOME"):
        return Path(explicit).expanduser().absolute()
    base = environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share").absolute() / "pellucid"


def writable_home(environ: Mapping[str, str] = os.environ) -> Path:
    """``data_home`` if it can be written, else a private folder under the system's temporary one.

    A run in a container with a read-only home must still be recorded somewhere.
    """
    try:
        home = data_home(environ)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(home, os.W_OK | os.X_OK):
            return home
    except (OSError, RuntimeError):
        pass  # fall through to the temporary folder: a run must never fail for want of a home, or of a user's name
    import tempfile  # takes five milliseconds to import, for a case that is rare

    fallback = Path(tempfile.gettempdir()) / f"pellucid-{os.getuid()}"
    fallback.mkdir(mode=0o700, exist_ok=True)
    if fallback.stat().st_uid != os.getuid():
        raise PermissionError(f"{fallback} belongs to another user; set PELLUCID_HOME to a folder of your own")
    return fallback


def runs_folder(home: Path) -> Path:
    """The journals of runs that are not yet wholly on a server."""
    return home / "runs"


def server_folder(home: Path) -> Path:
    """The data of the user's local server."""
    return home / "server"


def server_notice(data: Path) -> Path:
    """The file in a server's data folder that says where it listens and how to log in (mode 600)."""
    return data / "server.json"
