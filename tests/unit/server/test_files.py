"""The file server (protocol §1.11)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from tests.unit.server.conftest import Api

NAMES = ["plain.txt", "with space/run 1.ü/#%;?.bin", "deep/" * 20 + "x.json"]


PART = b'--b\r\nContent-Disposition: form-data; name="/torn.bin"; filename="/torn.bin"\r\n\r\n'


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def url(path: str) -> str:
    """The address of a file."""
    return f"files/{quote(path)}"


@pytest.mark.parametrize("path", NAMES)
def test_a_put_file_comes_back(api: Api, path: str) -> None:
    """Whole, by HEAD only its size, and after DELETE not at all."""
    content = os.urandom(100_000)

    assert api.call(url(path), method="PUT", content=content).status_code == 200

    assert api.call(url(path), method="GET").content == content
    head = api.call(url(path), method="HEAD")
    assert (head.content, head.headers["Content-Length"]) == (b"", "100000")
    assert api.call(url(path), method="DELETE").status_code == 200
    assert api.call(url(path), method="GET").status_code == 404


@pytest.mark.parametrize("where", ["files", "files/", ""])
def test_a_form_stores_its_parts_under_their_names(api: Api, where: str) -> None:
    """As existing clients upload: the part's name is the path, unquoted, with a slash in front."""
    path = f"/project one/a run.{'0' * 32}/artifacts/data/{where.strip('/')}x y.json"

    answer = api.call(where, files={path: (path, b"{}", "application/json")})

    assert (answer.status_code, answer.json()) == (200, [path.lstrip("/")])
    assert api.call(url(path.lstrip("/")), method="GET").content == b"{}"


def test_many_parts_are_stored_and_other_fields_passed_over(api: Api) -> None:
    """In the order in which they came; the later one of a name stands."""
    parts = [("/many/a b.txt", ("a", b"1")), ("/many/ü.bin", ("b", b"")), ("/many/a b.txt", ("c", b"2" * 200_000))]

    answer = api.call("files", files=parts, data={"note": "no file"})

    assert answer.json() == ["many/a b.txt", "many/ü.bin", "many/a b.txt"]
    assert api.call(url("many/a b.txt"), method="GET").content == b"2" * 200_000
    assert api.call(url("many/ü.bin"), method="GET").content == b""
    assert api.call(url("many/note"), method="GET").status_code == 404


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"no multipart"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\nx\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", PART + b"half"),
        ("multipart/form-data; boundary=b", PART.replace(b"torn", b"first") + b"whole\r\n" + PART + b"half"),
        ("multipart/form-data; boundary=b", PART.replace(b"/torn.bin", b"/../torn.bin") + b"x\r\n--b--\r\n"),
    ],
)
def test_a_wrong_upload_is_told_and_leaves_nothing(api: Api, kind: str, content: bytes) -> None:
    """Neither the file nor a part of it."""
    assert api.call("files", content=content, headers={"Content-Type": kind}).status_code == 400
    assert api.call(url("torn.bin"), method="GET").status_code == 404
    assert not list(api.server.data.rglob("*.part"))


@pytest.mark.parametrize("head", ["PUT /files/torn.bin", "POST /files"])
def test_an_upload_that_breaks_off_leaves_nothing(api: Api, head: str) -> None:
    """The file that was there stays."""
    api.call(url("torn.bin"), method="PUT", content=b"whole")
    address = urlsplit(api.server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            f"{head} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {api.token}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n".encode()
        )
        connection.sendall(PART + b"half")
        wait_for(lambda: bool(list(api.server.data.rglob("*.part"))))

    wait_for(lambda: not list(api.server.data.rglob("*.part")))
    assert api.call(url("torn.bin"), method="GET").content == b"whole"
    api.call(url("torn.bin"), method="DELETE")


@pytest.mark.parametrize(("method", "path"), [("PUT", "files/packed.bin"), ("POST", "files"), ("POST", "")])
def test_compressed_uploads_are_refused(api: Api, method: str, path: str) -> None:
    """Their bytes would be stored as they are not meant."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "multipart/form-data; boundary=b"}

    assert api.call(path, method=method, content=b"x", headers=headers).status_code == 415


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
    ],
)
def test_a_session_opens_files_from_our_pages_and_by_hand(api: Api, headers: dict[str, str], status: int) -> None:
    """But only to read them."""
    api.call(url("shown.txt"), method="PUT", content=b"x")
    cookie = {"Cookie": f"pellucid_session={api.token}"}

    assert api.call(url("shown.txt"), method="GET", anonymous=True, headers=headers | cookie).status_code == status
    if headers != {"Sec-Fetch-Site": "same-origin"}:
        assert api.call(url("shown.txt"), method="DELETE", anonymous=True, headers=headers | cookie).status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=5-99", 206, b"56789"),
        ("bytes=99-", 416, b""),
        ("nonsense", 200, b"0123456789"),
    ],
)
def test_ranges(api: Api, asked: str, status: int, content: bytes) -> None:
    """A part of a file, for clients that resume."""
    api.call(url("range.bin"), method="PUT", content=b"0123456789")

    answer = api.call(url("range.bin"), method="GET", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, content)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_nobody_gets_a_file_without_proof(api: Api, method: str) -> None:
    """One door for every byte."""
    api.call(url("secret.txt"), method="PUT", content=b"secret")

    assert api.call(url("secret.txt"), method=method, anonymous=True).status_code == 401
    assert api.call("", files={"/x": ("/x", b"x")}, anonymous=True).status_code == 401
    assert api.call(url("secret.txt"), method="GET").content == b"secret"


@pytest.mark.parametrize("path", ["..%2f..%2fcanary", "%2e%2e/canary", "a%00b", "..%5ccanary"])
def test_paths_do_not_escape(api: Api, path: str) -> None:
    """However they are written."""
    assert api.call(f"files/{path}", method="PUT", content=b"x").status_code in (400, 404)
    assert api.call(f"files/{path}", method="GET").status_code in (400, 404)
    assert not (api.server.data.parent / "canary").exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("p.png", True), ("t.txt", True), ("h.html", False), ("s.svg", False), ("x.js", False), ("z.gz", False)],
)
def test_a_browser_runs_nothing_that_users_stored(api: Api, name: str, shown: bool) -> None:
    """Sandboxed, never sniffed, and offered for download unless harmless."""
    api.call(url(name), method="PUT", content=b"<script>alert(1)</script>")

    headers = api.call(url(name), method="GET").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert ("Content-Disposition" in headers) is not shown
    assert "Content-Encoding" not in headers
