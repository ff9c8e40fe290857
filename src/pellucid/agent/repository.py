"""The code of a task from its repository: cached, checked out, changed as the task says (protocol §4.3)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pellucid.agent.commands import Commands
from pellucid.agent.settings import AgentSettings

_HELPER: Final = (
    '!f() { grep -qxF "$PELLUCID_GIT_ASKER" && '
    'printf "username=%s\\npassword=%s\\n" "$PELLUCID_GIT_USER" "$PELLUCID_GIT_PASSWORD"; }; f'
)
"""Answers git's question for credentials from the environment, so that they are in no argument and in no file. Only if
it is asked for whom they are meant: a task may name any repository, and is not to learn a password by one of its own,
nor is anybody on the way."""


def is_diff(text: str) -> bool:
    """Whether a text is changes of a repository; any other is a whole script."""
    head = text.lstrip()
    return head.startswith(("diff ", "Submodule ", "--- "))


def check_out(script: Mapping[str, Any], folder: Path, settings: AgentSettings, commands: Commands) -> None:
    """Put the repository of a task into a folder, as it was when the task was made.

    Args:
        script: the task's ``script``.
        folder: an empty folder, or one that does not exist yet.
        settings: where the cache is, and git's credentials.
        commands: runs git.

    Raises:
        PreparationError: the repository can't be fetched, the commit is not in it, or the changes do not apply.
    """
    url = str(script["repository"])
    commit = str(script.get("version_num") or "") or None
    wanted = str(script.get("tag") or "") or str(script.get("branch") or "") or None
    git = _Git(settings, commands)
    with _cached(url, settings.cache / "repositories") as mirror:
        _fetch(git, url, mirror, commit)
        revision = commit or _revision(git, mirror, wanted, url)
        git("clone", "--quiet", "--shared", "--no-checkout", str(mirror), str(folder), failure=f"{url} can't be cloned")
    git("-C", str(folder), "remote", "set-url", "origin", url, failure="the address of the clone can't be set")
    git(
        *("-C", str(folder), "checkout", "--quiet", "--detach", revision),
        failure=f"commit {revision} is not in {url}: push it, or set another one on the task",
    )
    if (folder / ".gitmodules").exists():
        git(
            *("-C", str(folder), "submodule", "update", "--quiet", "--init", "--recursive"),
            failure=f"the submodules of {url} can't be fetched",
        )
    changes = str(script.get("diff") or "")
    if changes and is_diff(changes):
        commands.say("Applying uncommitted changes")
        git(
            *("-C", str(folder), "apply", "--whitespace=nowarn", "-"),
            failure=f"the uncommitted changes of the task do not apply to {revision}: commit them, or clear them",
            stdin=(changes if changes.endswith("\n") else f"{changes}\n").encode("utf-8", "surrogateescape"),
        )


class _Git:
    def __init__(self, settings: AgentSettings, commands: Commands) -> None:
        self._commands = commands
        self._options = ["-c", "advice.detachedHead=false", "-c", "protocol.file.allow=always"]
        self._environ = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        if settings.git_user or settings.git_password:
            self._options += ["-c", "credential.helper=", "-c", f"credential.helper={_HELPER}"]
            self._environ |= {
                "PELLUCID_GIT_ASKER": f"host={settings.git_host}" if settings.git_host else "protocol=https",
                "PELLUCID_GIT_USER": settings.git_user or "git",
                "PELLUCID_GIT_PASSWORD": settings.git_password or "",
            }

    def __call__(self, *arguments: str, failure: str, stdin: bytes = b"") -> str:
        command = ["git", *self._options, *arguments]
        return self._commands.run(command, environ=self._environ, failure=failure, stdin=stdin, quiet=True)

    def has(self, mirror: Path, commit: str) -> bool:
        command = ["git", "-C", str(mirror), "cat-file", "-e", f"{commit}^{{commit}}"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def _cached(url: str, folder: Path) -> Iterator[Path]:
    """The place of a repository's mirror, for one agent at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(url.encode()).hexdigest()[:24]
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / f"{name}.git"


def _fetch(git: _Git, url: str, mirror: Path, commit: str | None) -> None:
    failure = f"{url} can't be fetched: check its address, and the agent's access to it"
    if not (mirror / "HEAD").exists():
        git("clone", "--quiet", "--mirror", url, str(mirror), failure=failure)
        return
    if commit is not None and git.has(mirror, commit):
        return
    git("-C", str(mirror), "fetch", "--quiet", "--prune", "origin", failure=failure)


def _revision(git: _Git, mirror: Path, wanted: str | None, url: str) -> str:
    name = wanted or "HEAD"
    found = git(
        "-C", str(mirror), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", failure=f"{name} is not in {url}"
    )
    return found.strip()
