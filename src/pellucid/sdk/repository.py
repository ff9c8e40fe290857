"""What git knows of a folder: remote, branch, commit, changes (sdk-surface M2…M4, §4.14)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

_SECONDS: Final = 30.0
"""For one command of git; a repository on a slow disk is no reason to wait for ever."""

_DIFF: Final = ("diff", "--no-color", "--no-ext-diff", "--binary")


class Repository(msgspec.Struct, frozen=True):
    """A work tree, as it is checked out now.

    Attributes:
        root: its folder.
        url: where others find it, without credentials; the folder if it has no remote.
        branch: the name that the remote has for it, else the local one; empty if none is checked out.
        commit: full hash; empty before the first one.
    """

    root: Path
    url: str
    branch: str
    commit: str

    def diff(self, but: Path | None = None) -> str:
        """Changes of tracked files since the commit.

        Args:
            but: a file, relative to the root, that is to be left out.
        """
        if not self.commit:
            return ""
        left_out = [] if but is None else ["--", ".", f":(exclude,top,literal){but.as_posix()}"]
        return _git(self.root, *_DIFF, "--submodule=diff", "HEAD", *left_out) or ""

    def tracks(self, file: Path) -> bool:
        """Whether the commit, or what is staged, has a file; it is relative to the root."""
        return _git(self.root, "ls-files", "--error-unmatch", "--", file.as_posix()) is not None

    def diff_of(self, file: Path, text: str) -> str:
        """The change that makes a file what a text says, wherever it stands now.

        Args:
            file: relative to the root.
            text: its content.
        """
        before = _git(self.root, "show", f"HEAD:{file.as_posix()}") if self.commit else None
        with TemporaryDirectory(prefix="pellucid-") as folder:
            for side, content in (("a", before), ("b", text)):
                if content is not None:
                    place = Path(folder, side, file)
                    place.parent.mkdir(parents=True)
                    place.write_text(content, encoding="utf-8", newline="")
            old = f"a/{file.as_posix()}" if before is not None else os.devnull
            new = f"b/{file.as_posix()}"
            return _git(Path(folder), *_DIFF, "--no-index", "--src-prefix=", "--dst-prefix=", "--", old, new) or ""


def find_repository(folder: Path) -> Repository | None:
    """The work tree that a folder is in; ``None`` if there is none, or no git."""
    root = _line(folder, "rev-parse", "--show-toplevel")
    if not root:
        return None
    upstream = _line(folder, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
    remote, _, branch = upstream.partition("/")
    if not branch:
        remote, branch = "origin", _line(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    url = _line(folder, "config", "--get", f"remote.{remote}.url")
    return Repository(
        root=Path(root),
        url=without_credentials(url) if url else root,
        branch=branch,
        commit=_line(folder, "rev-parse", "--verify", "--quiet", "HEAD"),
    )


def without_credentials(url: str) -> str:
    """An address without a user's name and password in it; ``git@host`` of SSH is neither."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _line(folder: Path, *arguments: str) -> str:
    return (_git(folder, *arguments) or "").strip()


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; ``None`` if it fails. Text that is not UTF-8 is kept as well as can be."""
    command = ["git", "-C", str(folder), *arguments]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=_SECONDS, env=environment, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # A comparison without a repository answers 1 if there is a difference.
    if done.returncode != 0 and not ("--no-index" in arguments and done.returncode == 1):
        return None
    return done.stdout.decode(errors="replace")
