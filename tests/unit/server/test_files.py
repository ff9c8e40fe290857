"""The file server (protocol §1.11)."""

from __future__ import annotations

import http.client
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from urllib.parse import quote, unquote, urlsplit

import psutil
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
        ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=0-0", 206, b"0"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"),
        ("bytes=0-" + "9" * 5000, 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
        ("nonsense", 200, b"0123456789"),
    ],
)
def test_ranges(api: Api, asked: str, status: int, content: bytes) -> None:
    """A part of a file, for clients that resume."""
    api.call(url("range.bin"), method="PUT", content=b"0123456789")

    answer = api.call(url("range.bin"), method="GET", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, content)
    if status == 206:
        first, last = answer.headers["Content-Range"].removeprefix("bytes ").removesuffix("/10").split("-")
        assert b"0123456789"[int(first) : int(last) + 1] == content
    head = api.call(url("range.bin"), method="HEAD", headers={"Range": asked})
    assert (head.status_code, head.content) == (status, b"")
    assert status == 416 or head.headers["Content-Length"] == str(len(content))


def test_a_part_fits_to_the_file_that_it_is_asked_of(api: Api) -> None:
    """Whoever resumes after the file was replaced gets all of the new one."""
    api.call(url("resumed.bin"), method="PUT", content=b"old old old")
    tag = api.call(url("resumed.bin"), method="GET").headers["ETag"]
    resume = {"Range": "bytes=4-", "If-Range": tag}
    assert api.call(url("resumed.bin"), method="GET", headers=resume).content == b"old old"

    api.call(url("resumed.bin"), method="PUT", content=b"new new new")

    assert api.call(url("resumed.bin"), method="GET", headers=resume).content == b"new new new"


def test_readers_see_the_old_file_or_the_new_one(api: Api) -> None:
    """Never a part of either, however often it is overwritten; whoever has begun with one reads it to its end."""
    contents = [bytes([number]) * 3_000_000 for number in range(4)]
    api.call(url("rotated.bin"), method="PUT", content=contents[0])
    with (
        api.http.stream("GET", f"/{url('rotated.bin')}", headers={"Authorization": f"Bearer {api.token}"}) as slow,
        ThreadPoolExecutor(4) as pool,
    ):
        beginning = slow.iter_raw(1000)
        begun = next(beginning)
        writes = [pool.submit(api.call, url("rotated.bin"), method="PUT", content=content) for content in contents]
        while not all(write.done() for write in writes):
            assert api.call(url("rotated.bin"), method="GET").content in contents
        assert begun + b"".join(beginning) == contents[0]


def test_a_large_file_takes_no_memory(api: Api) -> None:
    """The server grows by less than a quarter of what goes through it, in every way that a file comes and goes."""
    size, block = 100_000_000, os.urandom(1_000_000)
    process = psutil.Process(api.server.pid)
    taken = [process.memory_info().rss]

    def blocks() -> Iterator[bytes]:
        for _ in range(size // len(block)):
            yield block
            taken.append(process.memory_info().rss)

    head, tail = PART.replace(b"torn", b"large"), b"\r\n--b--\r\n"
    form = {"Content-Length": str(len(head) + size + len(tail)), "Content-Type": "multipart/form-data; boundary=b"}
    assert api.call("", content=chain([head], blocks(), [tail]), headers=form).status_code == 200
    assert (
        api.call(url("large.bin"), method="PUT", content=blocks(), headers={"Content-Length": str(size)}).status_code
        == 200
    )
    received = 0
    with api.http.stream("GET", f"/{url('large.bin')}", headers={"Authorization": f"Bearer {api.token}"}) as answer:
        for part in answer.iter_raw(len(block)):
            received += len(part)
            taken.append(process.memory_info().rss)

    assert received == size
    assert max(taken) - taken[0] < size / 4
    assert api.call(url("large.bin"), method="DELETE").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_nobody_gets_a_file_without_proof(api: Api, method: str) -> None:
    """One door for every byte."""
    api.call(url("secret.txt"), method="PUT", content=b"secret")

    assert api.call(url("secret.txt"), method=method, anonymous=True).status_code == 401
    assert api.call("", files={"/x": ("/x", b"x")}, anonymous=True).status_code == 401
    assert api.call(url("secret.txt"), method="GET").content == b"secret"


@pytest.mark.parametrize(
    "path",
    ["..%2f..%2fcanary", "%2e%2e/canary", "a%00b", "..%5ccanary", "x/../../canary", "x/..", "%2e%2e%2fpellucid.db"],
)
def test_paths_do_not_escape(api: Api, path: str) -> None:
    """However they are written, and in whatever way they come."""
    canary = api.server.data / "canary"
    canary.write_text("sings")
    # Not by the client that the other tests use, which would tidy the path up before it sends it.
    address = urlsplit(api.server.url)
    assert address.hostname
    for method in ("PUT", "GET", "HEAD", "DELETE"):
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        connection.request(method, f"/files/{path}", headers={"Authorization": f"Bearer {api.token}"})
        answer = connection.getresponse()
        assert (answer.status, b"sings" in answer.read()) in [(400, False), (404, False)]
        connection.close()
    plain = unquote(path)
    if "\0" not in plain:  # which no form can hold
        assert api.call("", files={f"/{plain}": (f"/{plain}", b"x")}).status_code == 400
    told = api.call("files/delete_many", {"files": [plain]}).json()
    assert told["deleted"] == {}
    assert canary.read_text() == "sings"
    assert (api.server.data / "pellucid.db").exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_links_lead_nowhere(api: Api, kind: str) -> None:
    """Whoever put them there: what they point at is neither read nor changed nor removed."""
    outside = api.server.data / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "canary").write_text("sings")
    api.call(url("linked/beside"), method="PUT", content=b"x")
    link = api.server.data / "files" / "linked" / kind
    link.symlink_to(outside if kind == "folder" else outside / "canary")
    path = url(f"linked/{kind}/canary" if kind == "folder" else f"linked/{kind}")

    assert api.call(path, method="GET").status_code in (400, 404)
    api.call(path, method="PUT", content=b"silent")
    api.call(path, method="DELETE")

    assert (outside / "canary").read_text() == "sings"


def test_an_absolute_path_begins_at_the_root_of_the_files(api: Api) -> None:
    """As existing clients name their uploads."""
    assert api.call("files//etc/passwd", method="GET").status_code == 404
    assert api.call("", files={"/etc/passwd": ("/etc/passwd", b"x")}).json() == ["etc/passwd"]
    assert (api.server.data / "files" / "etc" / "passwd").read_bytes() == b"x"


@pytest.mark.parametrize("body", [{"files": "x"}, {"files": [1]}, {}, [], {"files": None}])
def test_a_list_of_files_that_is_none_is_told(api: Api, body: object) -> None:
    """400, and nothing is deleted."""
    assert api.call("files/delete_many", body).status_code == 400


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
    assert "javascript" not in headers["Content-Type"]
    assert "Content-Encoding" not in headers
