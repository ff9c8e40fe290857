"""Repositories of tasks, with real ones on this disk."""

from __future__ import annotations

import base64
import getpass
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from pellucid.agent.code import place_code
from pellucid.agent.commands import Commands
from pellucid.agent.errors import PreparationError
from pellucid.agent.repository import is_diff
from pellucid.agent.settings import AgentSettings

CHANGES_OF_NOTHING = "diff --git a/src/no.py b/src/no.py\n--- a/src/no.py\n+++ b/src/no.py\n@@ -1 +1 @@\n-a\n+b\n"


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: the second one changes the script."""
    folder = tmp_path / "origin"
    (folder / "src").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for text in ("print('first')\n", "print('second')\n"):
        (folder / "src" / "train.py").write_text(text)
        (folder / "data.bin").write_bytes(b"\0\1" + text.encode())
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", text)
    return folder


def place(origin: Path, folder: Path, settings: AgentSettings, **script: str) -> Path:
    """Check a task's code out; returns where it is."""
    folder.mkdir()
    wanted = {"repository": str(origin), "entry_point": "train.py", "working_dir": "src", **script}
    code = place_code(wanted, folder, settings, Commands(print))
    assert code.folder == code.root / "src"
    return code.root


def test_a_commit(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """Or a branch, or what is there; from the cache, where what is new is fetched."""
    first = git(repository, "rev-parse", "HEAD~1").strip()
    assert (
        place(repository, tmp_path / "1", settings, version_num=first) / "src/train.py"
    ).read_text() == "print('first')\n"
    assert "second" in (place(repository, tmp_path / "2", settings, branch="main") / "src/train.py").read_text()
    (repository / "src" / "train.py").write_text("print('third')\n")
    git(repository, "commit", "--quiet", "--all", "--message", "third")
    third = git(repository, "rev-parse", "HEAD").strip()
    root = place(repository, tmp_path / "3", settings, version_num=third)
    assert "third" in (root / "src/train.py").read_text()
    assert git(root, "remote", "get-url", "origin").strip() == str(repository)


def test_uncommitted_changes(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """Of texts, of binary files, of names."""
    commit = git(repository, "rev-parse", "HEAD").strip()
    (repository / "src" / "train.py").write_text("print('changed')\n")
    (repository / "data.bin").write_bytes(b"\0\2changed")
    git(repository, "mv", "data.bin", "renamed.bin")
    changes = git(repository, "diff", "--binary", "HEAD")
    git(repository, "checkout", "--quiet", "--force", "HEAD")

    root = place(repository, tmp_path / "task", settings, version_num=commit, diff=changes)

    assert (root / "src/train.py").read_text() == "print('changed')\n"
    assert (root / "renamed.bin").read_bytes() == b"\0\2changed"
    assert not (root / "data.bin").exists()


def test_a_script_in_a_repository(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """Takes the place of the file."""
    root = place(repository, tmp_path / "task", settings, diff="print('whole')")
    assert (root / "src/train.py").read_text() == "print('whole')"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"version_num": "0" * 40}, "commit 0000.* is not in .*origin"),
        ({"branch": "nowhere"}, "nowhere is not in"),
        ({"repository": "/nowhere/at/all"}, "/nowhere/at/all can't be fetched"),
        ({"diff": CHANGES_OF_NOTHING}, "do not apply"),
        ({"entry_point": "missing.py"}, "entry point missing.py is not there"),
    ],
)
def test_what_cannot_be_had(
    repository: Path, tmp_path: Path, settings: AgentSettings, script: dict[str, str], sentence: str
) -> None:
    """Says what to do about it."""
    with pytest.raises(PreparationError, match=sentence):
        place(repository, tmp_path / "task", settings, **script)


def test_texts_that_are_changes() -> None:
    """And those that are scripts."""
    assert is_diff("\ndiff --git a/a b/a\n")
    assert not is_diff("import difflib\n")


class _Guarded(SimpleHTTPRequestHandler):
    """Files for who has the password; keeps what was sent for one."""

    sent: list[str]

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        if given:
            self.sent.append(base64.b64decode(given.removeprefix("Basic ")).decode())
        if self.sent[-1:] == ["bot:s3cret-token"]:
            super().do_GET()
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="repositories"')
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def guarded_repository(repository: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A git server that asks for a password; its address, and the credentials that it was sent."""
    git(folder, "clone", "--quiet", "--bare", str(repository), "served.git")
    git(folder / "served.git", "update-server-info")
    sent: list[str] = []
    handler = type("Handler", (_Guarded,), {"sent": sent})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}", sent
        server.shutdown()
        thread.join()


def test_a_password_is_for_its_host_alone(repository: Path, tmp_path: Path, settings: AgentSettings) -> None:
    """A task that names a repository elsewhere does not learn it, and nobody reads it in a console."""
    said: list[str] = []
    known = msgspec.structs.replace(settings, git_user="bot", git_password="s3cret-token")
    with guarded_repository(repository, tmp_path) as (host, sent):
        wanted = {"repository": f"http://{host}/served.git", "entry_point": "train.py", "working_dir": "src"}

        for other in (known, msgspec.structs.replace(known, git_host="git.example")):
            with pytest.raises(PreparationError, match="the agent's access to it"):
                place_code(wanted, tmp_path / "refused", other, Commands(said.append))
        assert sent == []

        (tmp_path / "code").mkdir()
        trusting = msgspec.structs.replace(known, git_host=host)
        code = place_code(wanted, tmp_path / "code", trusting, Commands(said.append))
    assert "second" in (code.folder / "train.py").read_text()
    assert set(sent) == {"bot:s3cret-token"}
    assert "s3cret-token" not in "".join(said)
    stored = [file for file in settings.cache.rglob("*") if file.is_file()]
    assert stored
    assert not [file for file in stored if b"s3cret-token" in file.read_bytes()]


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine ``git.example``, which one key opens: an SSH server that is started for each connection."""
    server = shutil.which("sshd", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    if server is None:
        if "CI" in os.environ:
            pytest.fail("there is no SSH server (scripts/ssh.sh)")
        pytest.skip("there is no SSH server (make test installs it)")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # a place of the server's; its package makes it when the machine starts
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "agent"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    (folder / "server").write_text(
        f"HostKey {folder}/host\nAuthorizedKeysFile {folder}/agent.pub\nStrictModes no\nUsePAM no\n"
        "PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\n"
    )
    (folder / "client").write_text(
        f"Host git.example\n  ProxyCommand {server} -i -q -f {folder}/server\n  IdentityFile {folder}/agent\n"
        f"  IdentitiesOnly yes\n  UserKnownHostsFile {folder}/known\n  StrictHostKeyChecking accept-new\n"
    )
    monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -F {folder}/client")
    return folder


@pytest.mark.parametrize("address", ["ssh://{user}@git.example{path}", "{user}@git.example:{path}"])
def test_a_key_of_ssh(repository: Path, tmp_path: Path, settings: AgentSettings, ssh: Path, address: str) -> None:
    """That the agent's user has opens a repository; without it the task is told what to check."""
    url = address.format(user=getpass.getuser(), path=repository)
    wanted = {"repository": url, "entry_point": "train.py", "working_dir": "src"}
    said: list[str] = []
    (tmp_path / "code").mkdir()
    code = place_code(wanted, tmp_path / "code", settings, Commands(said.append))
    assert "second" in (code.folder / "train.py").read_text()
    assert "PRIVATE KEY" not in "".join(said)

    (ssh / "agent").unlink()
    elsewhere = msgspec.structs.replace(settings, cache=tmp_path / "another cache")
    with pytest.raises(PreparationError, match="can't be fetched: check its address, and the agent's access to it"):
        place_code(wanted, tmp_path / "refused", elsewhere, Commands(said.append))
