"""The server as a process: how it starts, refuses to start, and ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from pellucid.server.auth.credentials import hash_secret
from pellucid.store.opening import open_store
from pellucid.testing.server import RunningServer, running_server
from pellucid.testing.store_samples import a_task


def start_in_vain(data: Path, *words: str, **environ: str) -> str:
    """Run a server that must refuse; returns the one line that it says."""
    command = [sys.executable, "-m", "pellucid", "server", "--data", str(data), *words]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **environ})
    assert (finished.returncode, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    return line


def test_it_says_where_it_is_and_keeps_its_keys_private(tmp_path: Path) -> None:
    """One line when ready; files that only their owner reads; the notice goes with the server."""
    data = tmp_path / "a folder with spaces"
    with running_server(data) as server:
        assert server.line.startswith(f"Pellucid is ready at {server.url} ")
        assert str(data / "credentials.json") in server.line
        for name in ("credentials.json", "server.json"):
            assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
        assert server.secret_key not in (data / "pellucid.db").read_bytes().decode("latin-1")
    assert not (data / "server.json").exists()
    first = server.secret_key
    with running_server(data) as again:
        assert again.secret_key == first


def test_the_administrator_may_choose_the_first_keys(tmp_path: Path) -> None:
    """Through the environment."""
    environ = {"PELLUCID_ADMIN_ACCESS_KEY": "CHOSEN", "PELLUCID_ADMIN_SECRET_KEY": "a secret of some length"}
    with running_server(tmp_path, environ=environ) as server:
        answer = httpx.post(f"{server.url}/auth.login", auth=("CHOSEN", "a secret of some length"))

    assert answer.status_code == 200
    assert not (tmp_path / "credentials.json").exists()

    with running_server(tmp_path, environ=environ | {"PELLUCID_ADMIN_ACCESS_KEY": "ANOTHER"}) as server:
        assert httpx.post(f"{server.url}/auth.login", auth=("CHOSEN", "a secret of some length")).status_code == 401
        assert httpx.post(f"{server.url}/auth.login", auth=server_keys(server)).status_code == 200


def server_keys(server: RunningServer) -> tuple[str, str]:
    """The key pair in the server's notice."""
    return server.access_key, server.secret_key


def test_a_revoked_first_key_is_replaced_at_the_next_start(tmp_path: Path) -> None:
    """By a fresh one: who can read the folder has no need of the old one."""
    with running_server(tmp_path) as server:
        first = server_keys(server)
        answer = httpx.post(f"{server.url}/auth.revoke_credentials", json={"access_key": first[0]}, auth=first)
        assert answer.status_code == 200

    with running_server(tmp_path) as server:
        assert httpx.post(f"{server.url}/auth.login", auth=first).status_code == 401
        assert httpx.post(f"{server.url}/auth.login", auth=server_keys(server)).status_code == 200


def test_sigterm_finishes_what_is_in_flight(tmp_path: Path) -> None:
    """A request that has begun gets its answer; the exit code is 0."""
    with running_server(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        body = b"{}"
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            head = f"POST /debug.ping HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body[:1])
            # The server must have seen the beginning before it is told to stop: another request proves that it has.
            assert httpx.post(f"{server.url}/debug.ping").status_code == 200
            os.kill(server.pid, signal.SIGTERM)
            finisher = threading.Timer(0.3, connection.sendall, [body[1:]])
            finisher.start()
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
            finisher.join()
        assert answer.startswith(b"HTTP/1.1 200")
        assert server.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_exit_code_0_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    """By a service manager or by Ctrl-C."""
    with running_server(tmp_path) as server:
        os.kill(server.pid, number)

        assert server.wait() == 0


def test_a_busy_port_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    """One line, exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        line = start_in_vain(tmp_path / "data", "--port", str(port))

    assert f"cannot listen on 127.0.0.1:{port}" in line
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_no_folder_is_told(tmp_path: Path) -> None:
    """As is one that cannot be written."""
    (tmp_path / "data").write_text("a file")

    assert "cannot use the data folder" in start_in_vain(tmp_path / "data", "--port", "0")
    assert (tmp_path / "data").read_text() == "a file"


@pytest.mark.parametrize(("name", "folder"), [("credentials.json", False), ("pellucid.db", True), ("files", False)])
def test_data_that_is_damaged_is_told(tmp_path: Path, name: str, folder: bool) -> None:
    """In one line, whichever part of it is."""
    if folder:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_text("{")

    assert f"cannot use the data folder {tmp_path}" in start_in_vain(tmp_path, "--port", "0")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_told(tmp_path: Path) -> None:
    """Nothing is changed in it."""
    tmp_path.chmod(0o500)

    assert "cannot use the data folder" in start_in_vain(tmp_path, "--port", "0")


def test_data_of_a_newer_release_is_refused_untouched(tmp_path: Path) -> None:
    """To the byte."""
    with running_server(tmp_path):
        pass
    database = tmp_path / "pellucid.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    (tmp_path / "server.lock").unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    line = start_in_vain(tmp_path, "--port", "0")

    assert "9999" in line
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_host_that_nobody_knows_is_told(tmp_path: Path) -> None:
    """As such, and not as one that is open to others."""
    assert "cannot listen on no host:" in start_in_vain(tmp_path / "data", "--host", "no host", "--port", "0")


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """The first one's notice stays."""
    with running_server(tmp_path) as first:
        assert "another server uses" in start_in_vain(tmp_path, "--port", "0")
        assert httpx.post(f"{first.url}/debug.ping").status_code == 200
        assert (tmp_path / "server.json").exists()


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "nobody has chosen credentials"),
        ({"PELLUCID_ADMIN_ACCESS_KEY": "A"}, "must both be set"),
        ({"PELLUCID_ADMIN_ACCESS_KEY": "A", "PELLUCID_ADMIN_SECRET_KEY": "short"}, "it needs 16 or more"),
    ],
)
def test_a_server_open_to_others_needs_chosen_keys(tmp_path: Path, environ: dict[str, str], words: str) -> None:
    """Before it listens."""
    assert words in start_in_vain(tmp_path / "data", "--host", "0.0.0.0", "--port", "0", **environ)
    assert not (tmp_path / "data").exists()


def test_the_key_of_the_first_start_opens_no_door_to_others(tmp_path: Path) -> None:
    """Nobody has chosen it, and the server's own user may not even know of it; a user that somebody adds is chosen."""
    with running_server(tmp_path):
        pass
    assert "pellucid user add" in start_in_vain(tmp_path, "--host", "0.0.0.0", "--port", "0")

    added = subprocess.run(
        [sys.executable, "-m", "pellucid", "user", "add", "ada", "--data", str(tmp_path), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    keys = json.loads(added.stdout)
    with running_server(tmp_path, options=["--host", "0.0.0.0"]) as server:
        url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert httpx.post(f"{url}/auth.login", auth=(keys["access_key"], keys["secret_key"])).status_code == 200
        assert httpx.post(f"{url}/login", headers={"Sec-Fetch-Site": "same-origin", "Origin": url}).status_code == 401


def test_users_come_from_a_file(tmp_path: Path) -> None:
    """Which is all that a server open to others needs; a wrong one is told."""
    file = tmp_path / "people.toml"
    file.write_text(
        f'[[users.ada.keys]]\naccess_key = "LAPTOP"\nsecret_hash = "{hash_secret("a secret of some length")}"\n'
    )
    data = tmp_path / "data"

    with running_server(data, options=["--users", str(file), "--host", "0.0.0.0"]) as server:
        url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert httpx.post(f"{url}/auth.login", auth=("LAPTOP", "a secret of some length")).status_code == 200
    file.write_text("[users")
    assert str(file) in start_in_vain(data, "--users", str(file), "--port", "0")


def test_page_and_files_may_have_ports_of_their_own(tmp_path: Path) -> None:
    """Where files lie at the root, as existing clients expect; all three are one server."""
    web, files = free_port(), free_port()
    with running_server(tmp_path, options=["--compat-ports", f"{web},{files}"]) as server:
        keys = server_keys(server)
        assert httpx.get(f"http://127.0.0.1:{files}/").text == "OK"
        assert "<title>" in httpx.get(f"http://127.0.0.1:{web}/").text
        assert httpx.post(f"http://127.0.0.1:{web}/api/debug.ping").status_code == 200
        form = {"/a b/tasks.get_all": ("/a b/tasks.get_all", b"content")}
        answer = httpx.post(f"http://127.0.0.1:{files}/", files=form, auth=keys)
        assert answer.json() == ["a b/tasks.get_all"]
        for url in (f"http://127.0.0.1:{files}/a%20b/tasks.get_all", f"{server.url}/files/a%20b/tasks.get_all"):
            assert httpx.get(url, auth=keys).content == b"content"
            assert httpx.get(url).status_code == 401
        deleted = httpx.post(
            f"http://127.0.0.1:{files}/delete_many", json={"files": ["a b/tasks.get_all", "x"]}, auth=keys
        )
        assert deleted.json() == {
            "deleted": {"a b/tasks.get_all": "a b/tasks.get_all"},
            "errors": {"no such file": ["x"]},
        }
        assert httpx.get(f"http://127.0.0.1:{files}/", headers={"Host": "evil.example"}).status_code == 421


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "1e3", "9" * 5000])
def test_a_patience_that_is_none_is_told(tmp_path: Path, seconds: str) -> None:
    """Before anything is made."""
    told = start_in_vain(tmp_path / "data", "--port", "0", PELLUCID_WATCHDOG_SECONDS=seconds)

    assert "PELLUCID_WATCHDOG_SECONDS" in told
    assert not (tmp_path / "data").exists()


def test_it_stops_tasks_that_nobody_runs_any_more(tmp_path: Path) -> None:
    """As long as it runs; then it ends as it should."""
    store = open_store(tmp_path)
    store.tasks.create(a_task(status="in_progress"))
    store.close()

    with running_server(tmp_path, environ={"PELLUCID_WATCHDOG_SECONDS": "1"}) as server:
        deadline = time.monotonic() + 20
        while (
            httpx.post(
                f"{server.url}/tasks.get_by_id", json={"task": "task"}, auth=(server.access_key, server.secret_key)
            ).json()["data"]["task"]["status"]
            != "stopped"
        ):
            assert time.monotonic() < deadline
        server.process.terminate()
        assert server.wait() == 0
