"""Where files live on the file server, and how names become paths (protocol §1.11)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

FILES_PREFIX: Final = "/files"
"""Path of the file server on a Pellucid server, whose files address is ``<api>/files``."""

_PROJECT_LENGTH: Final = 256
_TASK_LENGTH: Final = 128
_ESCAPED: Final = {character: f"0x{ord(character):X}" for character in "#\"';?:@&=+$,%!"}


def safe_name(name: str) -> str:
    """A name as one path component: ``/`` becomes ``.slash.``, characters with a meaning in URLs become ``0xNN``."""
    return "".join(_ESCAPED.get(character, character) for character in name.replace("/", ".slash."))


def task_folder(project: str, name: str, task: str) -> str:
    """``<project full name>/<task name>.<task id>``, the folder of everything that a task uploads; not URL-quoted."""
    components = [safe_name(part) for part in project.split("/")]
    return f"{'/'.join(components)[:_PROJECT_LENGTH]}/{safe_name(name)[:_TASK_LENGTH]}.{task}"


def file_url(files_host: str, path: str) -> str:
    """The stored address of a file: the host and the percent-encoded path."""
    return f"{files_host.rstrip('/')}/{quote(path.lstrip('/'))}"
