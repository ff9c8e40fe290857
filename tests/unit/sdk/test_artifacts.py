"""Tests of ``pellucid.sdk.artifacts``."""

from __future__ import annotations

import hashlib
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pellucid.base.errors import PellucidError, ServerError, ServerUnavailableError, UsageError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.client.storage.storage import Storage
from pellucid.sdk.artifact_content import content_of, keep
from pellucid.sdk.artifacts import Artifact, describe, file_path
from pellucid.testing.server import RunningServer
from pellucid.wire import tasks


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n")
    return path


def test_paths_cannot_escape() -> None:
    """Whatever the names are."""
    path = file_path("pro/ject", "../name", "0" * 32, "../../key", "file.txt")

    assert path == f"pro/ject/...slash.name.{'0' * 32}/artifacts/...slash....slash.key/file.txt"


@pytest.fixture
def files(server: RunningServer) -> FilesClient:
    """The file server."""
    client = Client(server.url, server.access_key, server.secret_key)
    return FilesClient(client, f"{server.url}/files")


@pytest.fixture
def storage(server: RunningServer, files: FilesClient) -> Storage:
    """All places for files."""
    return Storage(files, f"{server.url}/files")


def stored(files: FilesClient, file: Path, **changes: Any) -> tasks.Artifact:
    """An artifact whose file is on the server."""
    url = files.upload(file, "artifacts/data.csv")
    content = content_of("data", file)
    content, copy = keep(file.parent, content)
    return describe("data", content, uri=url, copy=copy, metadata={"rows": 1, **changes}, preview=None)


def test_m175_a_file_is_fetched_once(files: FilesClient, storage: Storage, file: Path, tmp_path: Path) -> None:
    """And fetched again if the copy was damaged, or on demand."""
    record = stored(files, file)
    artifact = Artifact(record, lambda: storage, tmp_path / "cache")
    first = artifact.get_local_copy(raise_on_error=True)
    assert first is not None

    again = Artifact(record, unreachable, tmp_path / "cache")
    assert again.get_local_copy() == first
    assert again.get_local_copy(force_download=True) is None
    Path(first).write_text("damaged")
    assert Path(artifact.get()).read_text() == "a,b\n"
    assert (artifact.metadata, artifact.size, artifact.preview) == ({"rows": "1"}, 4, str(file))
    assert (artifact.mode, artifact.timestamp.timestamp()) == ("output", record.timestamp)


def unreachable() -> Storage:
    """A server that is away."""
    raise ServerUnavailableError("nobody there")


def test_m175_a_file_that_was_changed_on_the_server_is_refused(
    files: FilesClient, storage: Storage, file: Path, tmp_path: Path
) -> None:
    """And not left in the cache."""
    record = stored(files, file)
    file.write_text("something else")
    files.upload(file, "artifacts/data.csv")

    with pytest.raises(ServerError, match="not what was uploaded"):
        Artifact(record, lambda: storage, tmp_path / "cache").get_local_copy(raise_on_error=True)
    assert Artifact(record, lambda: storage, tmp_path / "cache").get_local_copy() is None
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def of_file(file: Path, type_: str, **fields: Any) -> Artifact:
    """An artifact whose file is here."""
    record = tasks.Artifact(key="data", type=type_, uri=file.as_uri(), **fields)
    return Artifact(record, unreachable, file.parent / "cache")


class Harm:
    """Does harm when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        """As an attacker would write it."""
        return (pytest.fail, ("it was unpickled",))


def test_what_somebody_else_pickled_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the caller says so; its file can be fetched."""
    file = tmp_path / "data.pkl"
    file.write_bytes(pickle.dumps(Harm()))

    for type_ in ("pickle", "pandas"):
        with pytest.raises(UsageError, match="allow_pickle is False"):
            of_file(file, type_, hash=hashlib_of(file)).get()
        with pytest.raises(UsageError, match="block_unsafe_artifacts"):
            of_file(file, type_).get(allow_pickle=True, block_unsafe_artifacts=True)
    assert of_file(file, "pickle").get_local_copy() == str(file)
    file.write_bytes(pickle.dumps({1, 2}))
    assert of_file(file, "pickle").get(allow_pickle=True) == {1, 2}
    monkeypatch.setenv("CLEARML_BLOCK_PICKLED_ARTIFACTS", "1")
    with pytest.raises(UsageError, match="the setting BLOCK_PICKLED_ARTIFACTS"):
        of_file(file, "pickle").get(allow_pickle=True)


def hashlib_of(file: Path) -> str:
    """The hash of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_was_replaced_is_not_unpickled(tmp_path: Path) -> None:
    """Whoever's it is."""
    file = tmp_path / "data.pkl"
    file.write_bytes(pickle.dumps({1, 2}))
    record = tasks.Artifact(key="data", type="pickle", uri=file.as_uri(), hash=hashlib_of(file))
    artifact = Artifact(record, unreachable, tmp_path / "cache", lambda: True)
    assert artifact.get() == {1, 2}

    file.write_bytes(pickle.dumps(Harm()))
    with pytest.raises(ServerError, match="not what was uploaded"):
        artifact.get()


def test_an_archive_that_would_write_elsewhere_is_refused(tmp_path: Path) -> None:
    """Its names are not trusted (pains S2)."""
    file = tmp_path / "folder.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../escaped.txt", "harm")

    with pytest.raises(UsageError, match="allowed are files below its root"):
        of_file(file, "archive").get_local_copy(raise_on_error=True)
    assert of_file(file, "archive").get_local_copy() is None
    assert not list(tmp_path.rglob("escaped.txt"))
    assert of_file(file, "archive").get_local_copy(extract_archive=False) == str(file)


def test_an_address_that_is_not_for_us_is_told(tmp_path: Path) -> None:
    """What is no address, and what nobody has."""
    for uri, reason in {"ftp://host/file": "ftp://host/file", "file:///no/such": "not on this machine"}.items():
        record = tasks.Artifact(key="data", type="custom", uri=uri)
        with pytest.raises(PellucidError, match=reason):
            Artifact(record, unreachable, tmp_path).get()
