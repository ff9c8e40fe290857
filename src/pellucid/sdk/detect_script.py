"""A process beside a run that finds out what it executes: repository, commit, changes, packages (sdk-surface §4.14).

It is a process because looking at all that is installed takes long, and would keep the interpreter from the program;
and because git, started by a thread, may be kept waiting by a program that forks meanwhile.

    python -m pellucid.sdk.detect_script REQUEST      writes the answer to the file that the request names
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.sdk.graphics import describe_gpus
from pellucid.sdk.repository import Repository, find_repository
from pellucid.sdk.requirements import describe_requirements, installed_packages
from pellucid.sdk.script_detection import Found, Request

_SAID: Final = {
    "repository": "VCS_REPO_URL",
    "branch": "VCS_BRANCH",
    "version_num": "VCS_COMMIT_ID",
    "working_dir": "VCS_WORK_DIR",
    "entry_point": "VCS_ENTRY_POINT",
}
"""Variables that say what can't be found out, for instance in a container."""


def find(request: Request, environ: Mapping[str, str] = os.environ) -> Found:
    """Look at the script's folder, and at what is installed."""
    script, folder = Path(request.script), Path(request.folder)
    place = folder if request.module else script.parent
    repository = None if request.wishes.standalone else find_repository(place)
    known = {} if repository is None else _in_repository(repository, request)
    requirements = {"pip": describe_requirements([script], request.wishes), **installed_packages(Path(sys.prefix))}
    return Found(known | _said(environ), requirements, _gpus())


def _in_repository(repository: Repository, request: Request) -> dict[str, str]:
    root, folder, script = (path.resolve() for path in (repository.root, Path(request.folder), Path(request.script)))
    inside = script.relative_to(root) if script.is_relative_to(root) else None
    working_dir = folder.relative_to(root) if folder.is_relative_to(root) else Path()
    if inside is not None and not request.module and not inside.is_relative_to(working_dir):
        working_dir = Path()
    found = {
        "repository": repository.url,
        "branch": repository.branch,
        "version_num": repository.commit,
        "working_dir": working_dir.as_posix(),
        "diff": "",
    }
    if inside is not None and not request.module:
        found["entry_point"] = inside.relative_to(working_dir).as_posix()
    if request.with_diff:
        found["diff"] = repository.diff()
        if inside is not None and not repository.tracks(inside):
            # Without it there would be nothing to execute.
            found["diff"] += repository.diff_of(inside, script.read_bytes().decode(errors="replace"))
    return found


def _gpus() -> dict[str, str | int]:
    try:
        # Its import takes long where there is something to load, and a training needs none of it.
        import pynvml
    except ImportError:
        return {}
    return describe_gpus(pynvml)


def _said(environ: Mapping[str, str]) -> dict[str, str]:
    said = {}
    for prefix in ("CLEARML", "PELLUCID"):
        for key, name in _SAID.items():
            if (value := environ.get(f"{prefix}_{name}")) is not None:
                said[key] = value
        if (diff := environ.get(f"{prefix}_VCS_DIFF")) is not None:
            said["diff"] = base64.b64decode(diff).decode(errors="replace")
    return said


def main() -> None:
    """Answer the request of the command line."""
    request = msgspec.json.decode(sys.argv[1], type=Request)
    write_atomic(Path(request.answer), msgspec.json.encode(find(request)))


if __name__ == "__main__":
    main()
