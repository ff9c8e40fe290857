"""Uploads that go on after they broke off."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.unit.server.conftest import Api
from tests.unit.server.test_files import wait_for

from pellucid.base.errors import ServerUnavailableError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.testing.fault_proxy import fault_proxy

SIZE = 9 << 20
HALF = SIZE // 2


@pytest.fixture
def content() -> bytes:
    """Of a big file, another one for each test."""
    return os.urandom(SIZE)


def send(api: Api, path: str, name: bytes, body: bytes, *, offset: int = 0, length: int = SIZE) -> httpx.Response:
    """A piece of a file."""
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(length)}
    address = f"files/{path}?upload={hashlib.sha256(name).hexdigest()}"
    return api.call(address, method="PATCH", content=body, headers=headers)


def arrived(api: Api, path: str, content: bytes) -> int:
    """How much the server says that it has."""
    answer = api.call(f"files/{path}?upload={hashlib.sha256(content).hexdigest()}", method="HEAD")
    return int(answer.headers["Upload-Offset"])


def break_off(api: Api, path: str, content: bytes) -> None:
    """Send half of a file, and hang up."""
    address = urlsplit(api.server.url)
    assert address.hostname is not None
    with socket.create_connection((address.hostname, address.port or 0)) as connection:
        head = (
            f"PATCH /files/{path}?upload={hashlib.sha256(content).hexdigest()} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {api.token}\r\nContent-Length: {SIZE}\r\n"
            f"Upload-Offset: 0\r\nUpload-Length: {SIZE}\r\n\r\n"
        )
        connection.sendall(head.encode() + content[:HALF])
        wait_for(lambda: arrived(api, path, content) == HALF)


def test_what_has_arrived_is_not_sent_again(api: Api, content: bytes, tmp_path: Path) -> None:
    """The client's first half is another by now, so what is stored is what the server had kept."""
    path = "resumed/one.bin"
    break_off(api, path, content)
    assert api.call(f"files/{path}", method="GET").status_code == 404
    source = tmp_path / "source"
    source.write_bytes(bytes(HALF) + content[HALF:])
    client = Client(api.server.url, api.server.access_key, api.server.secret_key)

    def sent() -> bool:
        try:
            FilesClient(client, f"{api.server.url}/files").upload(source, path, hashlib.sha256(content).hexdigest())
        except ServerUnavailableError:
            return False  # the server has not yet noticed that the first one hung up
        return True

    wait_for(sent)
    assert api.call(f"files/{path}", method="GET").content == content
    assert arrived(api, path, content) == 0


def test_a_line_that_never_carries_the_whole_file(api: Api, content: bytes, tmp_path: Path) -> None:
    """Carries it all the same, a piece with each attempt."""
    path, source = "resumed/patience.bin", tmp_path / "source"
    source.write_bytes(content)
    with fault_proxy(api.server.url) as proxy:
        client = Client(proxy.url, api.server.access_key, api.server.secret_key)
        proxy.cut_request_after = SIZE // 3
        files = FilesClient(client, f"{proxy.url}/files")

        def sent() -> bool:
            try:
                files.upload(source, path, hashlib.sha256(content).hexdigest())
            except ServerUnavailableError:
                return False
            return True

        wait_for(sent)

    assert proxy.resets >= 3
    assert api.call(f"files/{path}", method="GET").content == content


def test_pieces(api: Api, content: bytes) -> None:
    """In their order; one that does not fit is told where to go on."""
    path = "resumed/pieces.bin"
    assert send(api, path, content, content[:100]).headers["Upload-Offset"] == "100"
    wrong = send(api, path, content, content[200:], offset=200)
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "100")
    assert send(api, path, content, content[100:], offset=100).json() == [path]

    assert api.call(f"files/{path}", method="GET").content == content


def test_what_is_something_else_is_thrown_away(api: Api, content: bytes) -> None:
    """A file is what its hash says, or is not there."""
    path = "resumed/wrong.bin"
    answer = send(api, path, content, b"x" * SIZE)

    assert (answer.status_code, "something else" in answer.text) == (400, True)
    assert (arrived(api, path, content), api.call(f"files/{path}", method="GET").status_code) == (0, 404)


@pytest.mark.parametrize("path", ["resumed/%2e%2e/%2e%2e/out", "resumed"])
def test_paths_cannot_escape(api: Api, content: bytes, path: str) -> None:
    """Nor take a folder's place."""
    send(api, "resumed/file", b"x", b"x", length=1)

    assert send(api, path, b"x", b"x", length=1).status_code == 400


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("../x", {"Upload-Offset": "0", "Upload-Length": "1"}),
        ("0" * 64, {"Upload-Offset": "-1", "Upload-Length": "1"}),
        ("0" * 64, {"Upload-Offset": "0"}),
        ("0" * 64, {"Upload-Offset": "0", "Upload-Length": "0"}),
    ],
)
def test_wrong_requests(api: Api, name: str, headers: dict[str, str]) -> None:
    """A name that is no hash, numbers that are none, more than was said. Nothing is left of them."""
    answer = api.call(f"files/wrong/x?upload={name}", method="PATCH", content=b"x", headers=headers)

    assert answer.status_code == 400
    assert not list(api.server.data.rglob("wrong/.*"))


def test_a_key_is_needed(api: Api) -> None:
    """As for every change."""
    address = f"files/resumed/x?upload={'0' * 64}"

    assert api.call(address, method="PATCH", content=b"x", anonymous=True).status_code == 401
    assert api.call(address, method="HEAD", anonymous=True).status_code == 401
