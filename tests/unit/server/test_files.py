"""The file server (protocol §1.11)."""

from __future__ import annotations

import os
from urllib.parse import quote

import pytest
from tests.unit.server.conftest import Api

NAMES = ["plain.txt", "with space/run 1.ü/#%;?.bin", "deep/" * 20 + "x.json"]


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
