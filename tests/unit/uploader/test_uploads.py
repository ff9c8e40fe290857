"""Files to store."""

from __future__ import annotations

import threading
from hashlib import sha256
from pathlib import Path

import pytest

from pellucid.base.errors import ServerUnavailableError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.client.storage.storage import Storage
from pellucid.testing.fake_server import FakeServer
from pellucid.uploader.ship import Shipper
from pellucid.uploader.uploads import UploadJob, Uploads
from pellucid.wire.files import FILES_ADDRESS
from pellucid.wire.records import Call, Upload


@pytest.fixture
def refused() -> dict[str, str]:
    """What was refused, and why."""
    return {}


@pytest.fixture
def uploads(server: FakeServer, tmp_path: Path, refused: dict[str, str]) -> Uploads:
    """Uploads of a run whose folder is ``tmp_path``, to a server that takes them."""
    server.answer("PUT")
    server.answer("tasks.edit")
    client = Client(server.url, None, None)
    shipper = Shipper(client, pytest.fail, f"{server.url}/files")
    host = f"{server.url}/files"
    storage = Storage(FilesClient(client, host), host)
    return Uploads(tmp_path, storage, shipper, refused.__setitem__, files_host=host)


def job(source: str | Path, path: str, start: int = 0, writer: str = "w", sha256: str = "") -> UploadJob:
    """A file that is announced by ``tasks.edit``."""
    return UploadJob(writer, start, start + 10, Upload(str(source), path, [Call("tasks.edit", b"{}")], sha256))


def test_files_are_stored_in_order_and_announced_afterwards(
    server: FakeServer, uploads: Uploads, tmp_path: Path
) -> None:
    """A later file of the same path is the one that stays."""
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b").write_bytes(b"second")
    uploads.add(job("a", "x"))
    uploads.add(job(tmp_path / "b", "x"))
    while not uploads.is_empty:
        uploads.store_next()

    assert [(request.action, request.body) for request in server.requests] == [
        ("x", b"first"),
        ("tasks.edit", b"{}"),
        ("x", b"second"),
        ("tasks.edit", b"{}"),
    ]


def test_copies_are_deleted_originals_are_not(uploads: Uploads, tmp_path: Path) -> None:
    """Only what the run copied into its folder is its own."""
    (tmp_path / "copy").touch()
    (tmp_path / "original").touch()
    for source in ("copy", tmp_path / "original"):
        uploads.add(job(source, "x"))
        uploads.store_next()
    uploads.discard_copies(uploads.take_done())

    assert [path.name for path in tmp_path.iterdir()] == ["original"]
    assert uploads.take_done() == []


def test_the_same_content_is_stored_once(server: FakeServer, uploads: Uploads, tmp_path: Path) -> None:
    """Under the same path, until something else was stored there; announced each time, as more may have changed."""
    for name, content in {"a": "aa", "b": "aa", "c": "cc", "d": "aa"}.items():
        (tmp_path / name).write_text(content)
        uploads.add(job(name, "x", sha256=content))
        uploads.store_next()

    assert [request.body for request in server.calls("x")] == [b"aa", b"cc", b"aa"]
    assert len(server.calls("tasks.edit")) == 4


def test_announcements_name_the_server(server: FakeServer, uploads: Uploads, tmp_path: Path) -> None:
    """Which may be known only when the file is sent."""
    (tmp_path / "a").touch()
    announce = Call("tasks.edit", f'{{"uri": "{FILES_ADDRESS}/x"}}'.encode())
    uploads.add(UploadJob("w", 0, 10, Upload("a", "x", [announce])))
    uploads.store_next()

    assert server.calls("tasks.edit")[0].body == f'{{"uri": "{server.url}/files/x"}}'.encode()


def test_a_file_that_is_gone_is_told_and_passed(server: FakeServer, uploads: Uploads, refused: dict[str, str]) -> None:
    """It is not announced either."""
    uploads.add(job("gone", "x"))
    uploads.store_next()

    assert uploads.is_empty
    assert "file x not stored: " in refused["gone"]
    assert server.requests == []


def test_a_file_that_is_refused_is_told_and_passed(
    server: FakeServer, uploads: Uploads, refused: dict[str, str], tmp_path: Path
) -> None:
    """With the server's words."""
    (tmp_path / "a").touch()
    server.answer("PUT", status=413, body=b"too big")
    uploads.add(job("a", "x"))
    uploads.store_next()

    assert refused == {"a": "file x refused by the server: too big (413)"}
    assert server.calls("tasks.edit") == []


@pytest.mark.parametrize("broken", ["PUT", "tasks.edit"])
def test_while_the_server_is_away_the_file_stays_the_next(
    server: FakeServer, uploads: Uploads, tmp_path: Path, broken: str
) -> None:
    """A file that could not be announced is stored again, which does no harm."""
    (tmp_path / "a").touch()
    server.answer(broken, status=503)
    server.answer("POST", status=503)
    uploads.add(job("a", "x"))
    with pytest.raises(ServerUnavailableError):
        uploads.store_next()

    assert not uploads.is_empty
    server.answer(broken)
    server.handlers.pop("POST")
    uploads.store_next()
    assert uploads.is_empty


def test_the_first_open_file_of_a_writer(uploads: Uploads, tmp_path: Path) -> None:
    """Its position holds back the writer's, not those of others."""
    (tmp_path / "a").touch()
    uploads.add(job("a", "x", 100, "v"))
    uploads.add(job("a", "x", 200, "w"))
    uploads.add(job("a", "x", 300, "w"))

    assert [uploads.first_open(writer) for writer in ("u", "v", "w")] == [None, 100, 200]
    uploads.store_next()
    assert [uploads.first_open(writer) for writer in ("v", "w")] == [None, 200]


def test_waiting_ends_with_a_file_or_with_the_end(uploads: Uploads) -> None:
    """The thread that stores sleeps in between."""
    answers: list[bool] = []
    waiting = threading.Thread(target=lambda: answers.append(uploads.wait()))
    waiting.start()
    uploads.add(job("a", "x"))
    waiting.join(10)
    uploads.close()
    uploads.pause(60)

    assert answers == [True]
    assert not uploads.wait()


def test_a_place_that_takes_no_files_is_told_once_and_tried_again(
    server: FakeServer, tmp_path: Path, refused: dict[str, str]
) -> None:
    """Whatever its reason, as it is not our server: a file is where a folder should be."""
    told: list[str] = []
    uploads, share = uploads_elsewhere(server, tmp_path, refused, told), tmp_path / "share"
    share.touch()
    uploads.add(UploadJob("w", 0, 10, Upload("a", "x", [Call("tasks.edit", b"{}")], to=str(share))))
    for _ in range(2):
        with pytest.raises(ServerUnavailableError):
            uploads.store_next()
    share.unlink()
    uploads.store_next()

    assert (share / "x").read_bytes() == b"content"
    assert [sentence.partition(":")[0] for sentence in told] == [f"file x can't be stored in {share} now, trying again"]
    assert (refused, len(server.calls("tasks.edit"))) == ({}, 1)


def test_missing_credentials_are_waited_for(
    server: FakeServer, tmp_path: Path, refused: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may put them into the configuration."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    uploads = uploads_elsewhere(server, tmp_path, refused, [])
    uploads.add(UploadJob("w", 0, 10, Upload("a", "x", [], to="s3://bucket/folder")))

    with pytest.raises(ServerUnavailableError, match="no credentials"):
        uploads.store_next()
    assert (refused, uploads.is_empty) == ({}, False)


def uploads_elsewhere(server: FakeServer, folder: Path, refused: dict[str, str], told: list[str]) -> Uploads:
    """Uploads of a run that has a file, and a server that is told of it."""
    server.answer("tasks.edit")
    (folder / "a").write_bytes(b"content")
    shipper = Shipper(Client(server.url, None, None), pytest.fail, server.url)
    return Uploads(folder, Storage(), shipper, refused.__setitem__, files_host=server.url, warn=told.append)


@pytest.fixture
def four_files(uploads: Uploads, tmp_path: Path) -> list[UploadJob]:
    """Files that wait: the next one, two others, and another one for the path of the last."""
    jobs = []
    for number, path in enumerate(["x", "y", "z", "z"]):
        (tmp_path / str(number)).write_bytes(content := b"%d" % number)
        jobs.append(job(str(number), path, start=10 * number, sha256=sha256(content).hexdigest()))
        uploads.add(jobs[-1])
    return jobs


def test_files_stored_ahead_are_only_announced_in_their_turn(
    server: FakeServer, uploads: Uploads, four_files: list[UploadJob]
) -> None:
    """The last one has to wait for the other of its path."""
    for expected in four_files[1:3]:
        assert uploads.wait_ahead() == expected
        uploads.store_ahead(expected)
    server.requests.clear()
    while not uploads.is_empty:
        uploads.store_next()

    announced = ("tasks.edit", b"{}")
    puts = [(one.action, one.body) for one in server.requests if one.method in ("PUT", "POST")]
    assert puts == [("x", b"0"), announced, announced, announced, ("z", b"3"), announced]


def test_a_turn_waits_for_a_file_that_is_being_stored_ahead(
    server: FakeServer, uploads: Uploads, four_files: list[UploadJob]
) -> None:
    """Instead of sending it as well."""
    second = uploads.wait_ahead()
    assert second is not None
    uploads.store_next()
    turn = threading.Thread(target=uploads.store_next)
    turn.start()
    uploads.store_ahead(second)
    turn.join()

    assert [one.body for one in server.calls("y") if one.method == "PUT"] == [b"1"]


def test_what_goes_wrong_ahead_is_told_in_its_turn(
    uploads: Uploads, four_files: list[UploadJob], tmp_path: Path, refused: dict[str, str]
) -> None:
    """Once, and by then it may have been mended."""
    (tmp_path / "1").unlink()
    second = uploads.wait_ahead()
    assert second is not None
    uploads.store_ahead(second)
    assert refused == {}
    assert uploads.wait_ahead() == four_files[2]

    uploads.store_next()
    uploads.store_next()
    assert list(refused) == ["1"]


def test_while_the_server_is_away_a_file_may_be_stored_ahead_later(
    server: FakeServer, uploads: Uploads, four_files: list[UploadJob]
) -> None:
    """By any thread."""
    server.answer("PUT", status=503)
    second = uploads.wait_ahead()
    assert second is not None
    with pytest.raises(ServerUnavailableError):
        uploads.store_ahead(second)

    assert uploads.wait_ahead() == second == four_files[1]


def test_nothing_is_stored_ahead_after_the_end(uploads: Uploads, four_files: list[UploadJob]) -> None:
    """Though there is something."""
    assert four_files
    uploads.close()
    assert uploads.wait_ahead() is None
