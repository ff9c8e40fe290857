"""Tests of ``pellucid.sdk.artifacts``."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from pellucid.base.errors import ServerError, UsageError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.sdk.artifacts import Artifact, content_of, describe, file_path, snapshot
from pellucid.testing.server import RunningServer
from pellucid.wire import tasks


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n")
    return path


def test_kinds(file: Path) -> None:
    """A file by path or text, a link, a text, a dictionary (sdk-surface §4.20)."""
    assert content_of("x", file).file == file
    assert content_of("x", str(file)).file == file
    assert content_of("x", "gs://bucket/x").link == "gs://bucket/x"
    assert content_of("a/b", "hello\n" * 3).file_name == "a.slash.b.txt"
    assert content_of("x", {"b": 1, "a": [2]}).text == '{\n  "a": [\n    2\n  ],\n  "b": 1\n}'
    assert content_of("x", "long " * 10_000).type == "string"


@pytest.mark.parametrize("value", [Path("/does/not/exist"), Path("/"), 3, None, "", [1], object(), {"a": object()}])
def test_what_is_not_supported_is_refused(value: Any) -> None:
    """The message names the argument."""
    with pytest.raises(UsageError, match="artifact_object"):
        content_of("x", value)


@pytest.mark.parametrize("extension", ["json", ".json", None])
def test_the_extension(extension: str | None) -> None:
    """With or without the dot (sdk-surface C3); others come later."""
    assert content_of("x", {"a": 1}, extension=extension).file_name == "x.json"
    with pytest.raises(UsageError, match=r"extension_name is 'yaml'; allowed for a dict is '\.json'"):
        content_of("x", {"a": 1}, extension="yaml")


def test_a_copy_is_made(file: Path, tmp_path: Path) -> None:
    """With hash and size of what was copied."""
    copy = snapshot(tmp_path, content_of("x", file))

    assert (tmp_path / copy.source).read_text() == "a,b\n"
    assert (copy.size, copy.sha256) == (4, hashlib.sha256(b"a,b\n").hexdigest())


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, file: Path) -> None:
    """The disk gets its room back."""
    content = content_of("x", file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        snapshot(tmp_path, content)

    assert list((tmp_path / "files").iterdir()) == []


def test_paths_cannot_escape() -> None:
    """Whatever the names are."""
    path = file_path("pro/ject", "../name", "0" * 32, "../../key", "file.txt")

    assert path == f"pro/ject/...slash.name.{'0' * 32}/artifacts/...slash....slash.key/file.txt"


@pytest.fixture
def files(server: RunningServer) -> FilesClient:
    """The file server."""
    client = Client(server.url, server.access_key, server.secret_key)
    return FilesClient(client, f"{server.url}/files")


def stored(files: FilesClient, file: Path, **changes: Any) -> tasks.Artifact:
    """An artifact whose file is on the server."""
    url = files.upload(file, "artifacts/data.csv")
    content = content_of("data", file)
    copy = snapshot(file.parent, content)
    return describe("data", content, uri=url, copy=copy, metadata={"rows": 1, **changes}, preview=None)


def test_a_file_is_fetched_once(files: FilesClient, file: Path, tmp_path: Path) -> None:
    """And fetched again if the copy was damaged."""
    record = stored(files, file)
    artifact = Artifact(record, lambda: files, tmp_path / "cache")
    first = Path(artifact.get_local_copy())

    def unreachable() -> FilesClient:
        raise AssertionError("asked again")

    assert Artifact(record, unreachable, tmp_path / "cache").get_local_copy() == str(first)
    first.write_text("damaged")
    assert Path(artifact.get_local_copy()).read_text() == "a,b\n"
    assert (artifact.metadata, artifact.size, artifact.preview) == ({"rows": "1"}, 4, str(file))


def test_a_file_that_was_changed_on_the_server_is_refused(files: FilesClient, file: Path, tmp_path: Path) -> None:
    """And not left in the cache."""
    record = stored(files, file)
    file.write_text("something else")
    files.upload(file, "artifacts/data.csv")

    with pytest.raises(ServerError, match="not what was uploaded"):
        Artifact(record, lambda: files, tmp_path / "cache").get_local_copy()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
