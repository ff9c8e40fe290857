"""Where files live on the file server, and how names become paths (protocol §1.11)."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

FILES_PREFIX: Final = "/files"
"""Path of the file server on a Pellucid server, whose files address is ``<api>/files``."""

FILES_ADDRESS: Final = "pellucid://file-server"
"""Stands for the file server's address in the requests of a run's journal: the server that the run is sent to may be
another one than it was started with, or be known only when it is sent."""

UPLOAD: Final = "upload"
"""Parameter of a file's address that names an upload which may go on after it broke off, by the SHA-256 of the whole
content; a Pellucid server's own addition."""

UPLOAD_OFFSET: Final = "Upload-Offset"
UPLOAD_LENGTH: Final = "Upload-Length"
"""Headers of such an upload: bytes that have arrived, and bytes of the whole."""

SLOWEST_UPLOAD: Final = 50_000
"""Bytes a second that a file server may need to take a file in before it answers (protocol §1.11)."""

_PROJECT_LENGTH: Final = 256
_TASK_LENGTH: Final = 128
_COMPONENT_BYTES: Final = 200
_ESCAPED: Final = {character: f"0x{ord(character):X}" for character in "#\"';?:@&=+$,%!"}


def safe_name(name: str) -> str:
    """A name as one path component: ``/`` becomes ``.slash.``, characters with a meaning in URLs become ``0xNN``."""
    return "".join(_ESCAPED.get(character, character) for character in name.replace("/", ".slash."))


def component(name: str) -> str:
    """``safe_name``, short enough for any file system: the end of a longer one gives way to its hash."""
    safe = safe_name(name).encode("utf-8", "replace")
    if len(safe) <= _COMPONENT_BYTES:
        return safe.decode()
    return f"{safe[:_COMPONENT_BYTES].decode(errors='ignore')}-{hashlib.sha256(safe).hexdigest()[:8]}"


def task_folder(project: str, name: str, task: str) -> str:
    """``<project full name>/<task name>.<task id>``, the folder of everything that a task uploads; not URL-quoted."""
    components = [component(part) for part in project.split("/")]
    return f"{'/'.join(components)[:_PROJECT_LENGTH]}/{component(safe_name(name)[:_TASK_LENGTH])}.{task}"


def file_url(files_host: str, path: str) -> str:
    """The stored address of a file: the host and the percent-encoded path."""
    return f"{files_host.rstrip('/')}/{quote(path.lstrip('/'))}"
