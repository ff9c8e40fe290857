"""``pellucid user``."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from pellucid.base.ids import new_id
from pellucid.cli.main import main
from pellucid.server.auth.configured import read_users_file
from pellucid.server.auth.credentials import matches
from pellucid.testing.server import RunningServer


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints that goes well."""
    assert main(["user", *words]) == 0
    return capsys.readouterr().out


def keys_in(text: str) -> tuple[str, str]:
    """The key pair in a text of variables."""
    variables = dict(line.split("=", 1) for line in text.splitlines() if line.startswith("PELLUCID_"))
    return variables["PELLUCID_API_ACCESS_KEY"], variables["PELLUCID_API_SECRET_KEY"]


def logs_in(server: RunningServer, keys: tuple[str, str]) -> bool:
    """Whether the server takes a key pair."""
    return httpx.post(f"{server.url}/auth.login", auth=keys).status_code == 200


@pytest.mark.parametrize("beside", [False, True], ids=["by asking", "beside the server"])
def test_users_and_keys_come_and_go(server: RunningServer, capsys: pytest.CaptureFixture[str], beside: bool) -> None:
    """The running server follows at once, whichever way they came."""
    where = ["--data", str(server.data)] if beside else []
    name = f"ada.{new_id()}"

    first = keys_in(printed(capsys, "add", name, "--name", "Ada Lovelace", "--role", "admin", *where))
    second = json.loads(printed(capsys, "key", "add", name, "--label", "laptop", "--json", *where))

    assert logs_in(server, first)
    assert logs_in(server, (second["access_key"], second["secret_key"]))
    (row,) = [line for line in printed(capsys, "ls", *where).splitlines() if line.startswith(name)]
    assert "Ada Lovelace  admin" in row
    listed = printed(capsys, "key", "ls", name, *where)
    assert [line.split()[0] for line in listed.splitlines()] == ["ACCESS", first[0], second["access_key"]]
    assert "laptop" in listed
    assert first[1] not in listed

    printed(capsys, "key", "rm", first[0], *where)
    assert not logs_in(server, first)
    assert logs_in(server, (second["access_key"], second["secret_key"]))
    printed(capsys, "rm", name, *where)
    assert not logs_in(server, (second["access_key"], second["secret_key"]))
    assert name not in [user["id"] for user in json.loads(printed(capsys, "ls", "--json", *where))]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rm", "nobody"], "no user 'nobody'"),
        (["key", "ls", "nobody"], "no user 'nobody'"),
        (["key", "rm", "KEY"], "no credentials 'KEY'"),
        (["add", "admin"], "user 'admin' already exists"),
        (["add", "a b"], "$.id"),
    ],
)
def test_what_cannot_be_is_told(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    """In one line, with exit code 1."""
    assert main(["user", *words]) == 1
    assert told in capsys.readouterr().err


def test_data_that_cannot_be_opened_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 2."""
    (tmp_path / "data").write_text("a file")

    assert main(["user", "ls", "--data", str(tmp_path / "data")]) == 2
    assert "cannot use" in capsys.readouterr().err


def test_a_key_for_a_users_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed for the file is what the file holds."""
    text = printed(capsys, "key", "hash", "ada")
    (tmp_path / "users.toml").write_text(text[text.index("[[") :])

    (keys,) = read_users_file(None, tmp_path)["ada"].keys

    access_key, secret_key = keys_in(text)
    assert keys.access_key == access_key
    assert matches(secret_key, keys.secret_hash)
    assert secret_key not in text[text.index("[[") :]
