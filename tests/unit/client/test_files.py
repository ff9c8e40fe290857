"""Files to and from a file server."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.testing.fake_server import Answer, FakeServer, ReceivedRequest, fake_server

PATH = "vision/first run.0123/artifacts/a b/ä.txt"


@pytest.fixture
def files(server: FakeServer, client: Client) -> FilesClient:
    """A file server at ``/files`` of the server."""
    return FilesClient(client, f"{server.url}/files/")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file to upload."""
    source = tmp_path / "source"
    source.write_bytes(b"content \x00\xff" * 1000)
    return source


def test_upload_puts_the_content_under_the_quoted_path(server: FakeServer, files: FilesClient, source: Path) -> None:
    """The address that is returned is the one that was written."""
    server.answer("PUT")

    url = files.upload(source, PATH)

    request = server.requests[-1]
    assert (request.method, request.body) == ("PUT", source.read_bytes())
    assert unquote(request.path) == f"/files/{PATH}"
    assert url == f"{server.url}{request.path}"
    assert request.headers["authorization"] == f"Bearer {server.token}"


def test_a_big_file_is_put_whole_where_nothing_else_is_known(
    server: FakeServer, files: FilesClient, source: Path
) -> None:
    """Other servers say nothing of what has arrived, or too much."""
    with source.open("ab") as file:
        file.truncate(9 << 20)
    server.answer("PUT")
    for headers in ({}, {"Upload-Offset": "x"}, {"Upload-Offset": str(10 << 20)}):
        server.answer("HEAD", headers=headers)
        files.upload(source, PATH, "0" * 64)

    assert [request.method for request in server.requests[1:]] == ["HEAD", "PUT"] * 3
    assert len(server.requests[-1].body) == 9 << 20


@pytest.mark.parametrize("status", [404, 405])
def test_upload_falls_back_to_a_form_and_remembers(
    server: FakeServer, files: FilesClient, source: Path, status: int
) -> None:
    """Other servers want multipart, with the path as the name of the part."""
    server.answer("PUT", status=status)
    server.answer("POST", body=b'["x"]')

    files.upload(source, PATH)
    files.upload(source, PATH)

    assert [request.method for request in server.requests[1:]] == ["PUT", "POST", "POST"]
    body = server.requests[-1].body
    assert f'name="/{PATH}"; filename="/{PATH}"'.encode() in body
    assert b"\r\n\r\n" + source.read_bytes() + b"\r\n--" in body


def test_upload_after_an_expired_token_sends_the_whole_file_again(
    server: FakeServer, files: FilesClient, source: Path
) -> None:
    """A body in pieces can be sent twice."""
    server.handlers["PUT"] = lambda request: Answer(
        status=401 if request.headers["authorization"] == "Bearer token-1" else 200
    )

    files.upload(source, PATH)

    assert [request.body for request in server.requests if request.method == "PUT"] == [source.read_bytes()] * 2


def test_a_growing_file_is_stored_as_long_as_it_was(
    server: FakeServer, files: FilesClient, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is added during the upload is left out, so that the connection stays in order."""
    content = source.read_bytes()
    original = Path.open

    def grow_and_open(path: Path, mode: str) -> object:
        with original(path, "ab") as file:
            file.write(b"more")
        return original(path, mode)

    server.answer("PUT")
    monkeypatch.setattr(Path, "open", grow_and_open)
    files.upload(source, PATH)

    assert server.requests[-1].body == content


@pytest.mark.parametrize(
    ("status", "error"), [(403, RequestRefusedError), (507, RequestRefusedError), (503, ServerUnavailableError)]
)
def test_refused_uploads_say_so(
    server: FakeServer, files: FilesClient, source: Path, status: int, error: type[Exception]
) -> None:
    """What may succeed later is told apart."""
    server.answer("PUT", status=status, body=b"no room")

    with pytest.raises(error, match="PUT"):
        files.upload(source, PATH)


def test_download_writes_the_file_and_returns_its_hash(server: FakeServer, files: FilesClient, tmp_path: Path) -> None:
    """SHA-256 of what was written."""
    content = b"content" * 500_000
    server.answer("GET", body=content)

    digest = files.download(f"{server.url}/files/x.bin", tmp_path / "target")

    assert (tmp_path / "target").read_bytes() == content
    assert digest == hashlib.sha256(content).hexdigest()
    assert server.requests[-1].headers["authorization"] == f"Bearer {server.token}"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=404, body=b"File not found"), RequestRefusedError),
        (Answer(body=b"cut", headers={"Content-Length": "1000", "Connection": "close"}), ServerUnavailableError),
    ],
)
def test_a_download_that_fails_leaves_the_target_alone(
    server: FakeServer, files: FilesClient, tmp_path: Path, answer: Answer, error: type[Exception]
) -> None:
    """No half of a file, no temporary file."""
    server.handlers["GET"] = lambda _: answer
    (tmp_path / "target").write_text("before")

    with pytest.raises(error):
        files.download(f"{server.url}/files/x.bin", tmp_path / "target")

    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert (tmp_path / "target").read_text() == "before"


def test_the_token_is_sent_to_our_file_server_only(files: FilesClient, tmp_path: Path) -> None:
    """An address may point anywhere, even to where ours is a prefix of."""
    received: list[ReceivedRequest] = []

    def keep(request: ReceivedRequest) -> Answer:
        received.append(request)
        return Answer(body=b"x")

    with fake_server() as stranger:
        stranger.handlers["GET"] = keep
        files.download(f"{stranger.url}/files/x.bin", tmp_path / "target")

    assert "authorization" not in received[0].headers


def test_delete_says_whether_there_was_one(server: FakeServer, files: FilesClient) -> None:
    """A missing file is no error."""
    server.handlers["DELETE"] = lambda request: Answer(status=200 if request.path.endswith("/here") else 404)

    assert files.delete(f"{server.url}/files/here")
    assert not files.delete(f"{server.url}/files/gone")


def test_a_link_is_followed_without_our_token(server: FakeServer, files: FilesClient, tmp_path: Path) -> None:
    """Wherever it leads; one that leads round and round ends."""
    with fake_server() as elsewhere:
        server.handlers["x"] = lambda _: Answer(status=302, headers={"Location": f"{elsewhere.url}/y"})
        elsewhere.handlers["y"] = lambda _: Answer(status=307, headers={"Location": "/z"})
        elsewhere.handlers["z"] = lambda _: Answer(body=b"content")
        elsewhere.handlers["round"] = lambda _: Answer(status=301, headers={"Location": "/round"})
        files.download(f"{server.url}/files/x", tmp_path / "target")
        with pytest.raises(RequestRefusedError):
            files.download(f"{elsewhere.url}/round", tmp_path / "other")

        assert (tmp_path / "target").read_bytes() == b"content"
        assert "authorization" in server.calls("x")[0].headers
        assert all("authorization" not in request.headers for request in elsewhere.requests)


def test_finding(server: FakeServer, files: FilesClient) -> None:
    """How much there is, without fetching it."""
    server.handlers["x"] = lambda _: Answer(body=b"12345")

    assert files.find(f"{server.url}/files/x") == 5
    assert files.find(f"{server.url}/files/y") is None
