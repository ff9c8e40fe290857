"""The files by which a server tells its own user where it is: first credentials, and the address while it runs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.clock import utc_now
from pellucid.base.paths import server_notice
from pellucid.server.auth.credentials import KeyPair, new_key_pair, store_key_pair
from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.records import UserRecord

ADMIN: Final = "admin"
"""Id of the user who owns the first credentials."""


def credentials_file(data: Path) -> Path:
    """Where the first key pair is kept (mode 600)."""
    return data / "credentials.json"


def ensure_admin(store: Store, data: Path, chosen: KeyPair | None) -> KeyPair:
    """Make sure that somebody can log in.

    Args:
        store: an open store.
        data: its folder.
        chosen: the key pair that the administrator chose, if any.

    Returns:
        A key pair of the administrator: the chosen one, else the one kept in the data folder, else a fresh one.
    """
    with suppress(AlreadyExistsError):
        store.users.create(UserRecord(id=ADMIN, name=ADMIN, role="admin", created=utc_now()))
    file = credentials_file(data)
    if chosen is None and file.exists():
        return msgspec.json.decode(file.read_bytes(), type=KeyPair)
    pair = chosen or new_key_pair()
    store_key_pair(store, pair, user=ADMIN, label="first credentials", now=utc_now())
    write_atomic(file, msgspec.json.format(msgspec.json.encode(pair)))
    return pair


def announce(data: Path, url: str, pair: KeyPair) -> None:
    """Say where the server listens, for the same user's programs."""
    notice = {
        "api_host": url,
        "web_host": url,
        "files_host": f"{url}/files",
        "access_key": pair.access_key,
        "secret_key": pair.secret_key,
        "pid": os.getpid(),
    }
    write_atomic(server_notice(data), msgspec.json.format(msgspec.json.encode(notice)))


def withdraw(data: Path) -> None:
    """The server is gone; the notice of another one that shares the folder stays."""
    file = server_notice(data)
    with suppress(OSError, msgspec.DecodeError):
        if msgspec.json.decode(file.read_bytes(), type=dict).get("pid") == os.getpid():
            file.unlink(missing_ok=True)
