"""``pellucid init`` and ``clearml-init``."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pellucid.base.settings import load_settings
from pellucid.cli.init import clearml_init
from pellucid.cli.main import main
from pellucid.testing.fake_server import fake_server
from pellucid.testing.server import RunningServer

Say = Callable[..., None]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in use, which does not exist; nothing else is configured."""
    file = tmp_path / "conf" / "clearml.conf"
    for name in ("API_HOST", "API_ACCESS_KEY", "API_SECRET_KEY"):
        monkeypatch.delenv(f"PELLUCID_{name}")
    monkeypatch.setenv("CLEARML_CONFIG_FILE", str(file))
    return file


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Types lines."""
    return lambda *lines: monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def assert_usable(file: Path, server: RunningServer) -> None:
    """It is for its owner only, and what it says is the server."""
    settings = load_settings({"CLEARML_CONFIG_FILE": str(file)})

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert settings.connection() == server.connection


def test_everything_given(file: Path, server: RunningServer, say: Say) -> None:
    """Nothing is asked; the secret may come in by the back door, so that nobody sees it among the arguments."""
    say(server.secret_key)
    keys = ["--access-key", server.access_key, "--secret-key", "-"]

    assert main(["init", "--no-input", "--api-host", server.url, *keys]) == 0
    assert_usable(file, server)


def test_pasted_credentials(file: Path, server: RunningServer, say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    """As the web page shows them."""
    say(
        "api {",
        f"    web_server: {server.url}",
        f"    api_server: {server.url}",
        f'    credentials {{ "access_key" = "{server.access_key}", "secret_key" = "{server.secret_key}" }}',
        "}",
    )

    assert main(["init"]) == 0
    assert_usable(file, server)
    words = capsys.readouterr().out
    assert f"{file} is written: {server.url} lets {server.access_key} in" in words
    assert server.secret_key not in words


def test_typed_credentials(file: Path, server: RunningServer, say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    """With a second chance."""
    say("", server.url, server.access_key, "wrong", "", server.url, server.access_key, server.secret_key)

    assert clearml_init(["--file", str(file)]) == 0
    assert_usable(file, server)
    assert "That does not do: auth.login" in capsys.readouterr().err


def test_wrong_credentials(file: Path, server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written."""
    keys = ["--access-key", server.access_key, "--secret-key", "wrong"]

    assert main(["init", "--no-input", "--api-host", server.url, *keys]) == 1
    assert main(["init", "--no-input", "--api-host", "http://127.0.0.1:9", *keys]) == 1
    assert not file.exists()
    assert "pellucid init: auth.login" in capsys.readouterr().err


def test_a_server_of_other_make(file: Path) -> None:
    """Is known by what it says of itself; its page and its files are elsewhere."""
    with fake_server() as server:
        info = {"version": "2", "build": "1", "commit": "c", "uid": "u", "api_version": "2.30"}
        server.answer("server.info", info)
        keys = ["--access-key", "key", "--secret-key", "secret"]
        elsewhere = ["--web-host", "https://web.example", "--files-host", "https://files.example"]

        assert main(["init", "--no-input", "--api-host", server.url, *keys, *elsewhere]) == 0
    settings = load_settings({"CLEARML_CONFIG_FILE": str(file)})
    assert (settings.web_host, settings.files_host) == ("https://web.example", "https://files.example")


def test_a_file_that_is_there_is_left_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is in it."""
    file.parent.mkdir()
    file.write_text("mine")

    assert main(["init"]) == 0
    assert file.read_text() == "mine"
    assert f"{file} exists, and is left as it is" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "lines", "words"),
    [
        (["--no-input"], [], "--api-host is missing"),
        (["--no-input", "--api-host", "http://h"], [], "--access-key is missing"),
        ([], [], "standard input has ended"),
        ([], ["api {", "oh no"], "what was pasted can't be read"),
    ],
)
def test_wrong_usage(
    file: Path, say: Say, capsys: pytest.CaptureFixture[str], arguments: list[str], lines: list[str], words: str
) -> None:
    """Is told; nothing is written."""
    say(*lines)

    assert main(["init", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not file.exists()
