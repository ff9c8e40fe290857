"""``StorageManager`` (sdk-surface §3)."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from pellucid import StorageManager, UsageError
from pellucid.base.errors import ServerUnavailableError
from pellucid.sdk.servers import set_explicitly
from pellucid.sdk.transfers import background
from pellucid.testing.object_stores import RunningStore, azure, google, s3
from pellucid.testing.server import RunningServer

__all__ = ["azure", "google", "s3"]


@pytest.fixture(params=["folder", "s3", "google", "azure"])
def place(request: pytest.FixtureRequest, configured: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A place for files, with nothing in it."""
    if request.param == "folder":
        return (tmp_path / "place").as_uri()
    running: RunningStore = request.getfixturevalue(request.param)
    for name, value in running.environ.items():
        monkeypatch.setenv(name, value)
    return f"{running.uri}/{tmp_path.name}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder of files."""
    tree = tmp_path / "tree"
    for name in ("a.txt", "b c.bin", "sub/d.txt"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    return tree


def test_a_file_there_and_back(place: str, tree: Path) -> None:
    """Looked at, fetched once, fetched again on demand."""
    url = f"{place}/a.txt"
    assert StorageManager.upload_file(str(tree / "a.txt"), url) == url
    assert StorageManager.exists_file(url)
    assert StorageManager.get_file_size_bytes(url) == 5
    described = StorageManager.get_metadata(url, return_full_path=True)
    assert described is not None
    assert (described["name"], described["size"]) == (url, 5)
    first = StorageManager.get_local_copy(url)
    assert first is not None
    assert Path(first).read_text() == "a.txt"

    (tree / "a.txt").write_text("changed")
    StorageManager.upload_file(tree / "a.txt", url)
    assert StorageManager.get_local_copy(url) == first
    assert Path(StorageManager.get_local_copy(url, force_download=True) or "").read_text() == "changed"


def test_a_folder_there_and_back(place: str, tree: Path, tmp_path: Path) -> None:
    """All of it, or what a wildcard matches; files keep the path that they have in their place."""
    base = f"{place}/base"
    assert StorageManager.upload_folder(str(tree), base) == base
    assert StorageManager.list(base) == ["a.txt", "b c.bin", "sub/d.txt"]
    full = StorageManager.list(base, return_full_path=True)
    assert full is not None
    assert [StorageManager.exists_file(str(url)) for url in full] == [True] * 3
    assert [one["size"] for one in StorageManager.list(base, with_metadata=True) or [] if isinstance(one, dict)] == [
        5,
        7,
        9,
    ]

    target = tmp_path / "target"
    assert StorageManager.download_folder(base, str(target), match_wildcard="*.txt") == str(target)
    assert sorted(path.name for path in target.rglob("*.*") if path.is_file()) == ["a.txt", "d.txt"]
    (found,) = target.rglob("d.txt")
    assert found.read_text() == "sub/d.txt"
    assert found.parts[-3:] == ("base", "sub", "d.txt")


def test_what_is_there_is_kept(place: str, tree: Path, tmp_path: Path) -> None:
    """Unless it is empty, or is to be overwritten."""
    StorageManager.upload_folder(tree, place, match_wildcard="a.*")
    url = f"{place}/a.txt"
    path = Path(StorageManager.download_file(url, tmp_path / "target") or "")
    path.write_text("mine")
    assert StorageManager.download_file(url, tmp_path / "target") == str(path)
    assert path.read_text() == "mine"
    path.write_text("")
    StorageManager.download_file(url, tmp_path / "target", skip_zero_size_check=True)
    assert path.read_text() == ""
    StorageManager.download_file(url, tmp_path / "target")
    assert path.read_text() == "a.txt"
    path.write_text("mine")
    StorageManager.download_file(url, tmp_path / "target", overwrite=True)
    assert path.read_text() == "a.txt"


def test_what_is_not_there(place: str, caplog: pytest.LogCaptureFixture) -> None:
    """Is told, and answered by nothing."""
    url = f"{place}/no such file"

    assert StorageManager.get_local_copy(url) is None
    assert StorageManager.download_file(url) is None
    assert StorageManager.download_folder(url) is not None, "a folder with nothing in it"
    assert StorageManager.get_file_size_bytes(url) is None
    assert StorageManager.get_metadata(url) is None
    assert not StorageManager.exists_file(url)
    assert StorageManager.list(url) == []
    assert f"{url} can't be fetched" in caplog.text


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_archives_are_unpacked(place: str, tmp_path: Path, kind: str) -> None:
    """If that is wanted."""
    archive = tmp_path / f"archive.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("in/file", "content")
    else:
        with tarfile.open(archive, "w:gz") as packed:
            member = tarfile.TarInfo("in/file")
            member.size = 7
            packed.addfile(member, io.BytesIO(b"content"))
    url = StorageManager.upload_file(archive, f"{place}/{archive.name}")

    folder = StorageManager.get_local_copy(url)
    assert folder is not None
    assert Path(folder, "in", "file").read_text() == "content"
    packed_copy = StorageManager.get_local_copy(url, extract_archive=False)
    assert packed_copy is not None
    assert Path(packed_copy).read_bytes() == archive.read_bytes()


def test_a_tar_file_that_reaches_out_is_refused(configured: Path, tmp_path: Path) -> None:
    """Nothing is written outside of the cache."""
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as packed:
        packed.addfile(tarfile.TarInfo("../../escaped"), io.BytesIO())

    assert StorageManager.get_local_copy(archive.as_uri()) is None
    assert list(configured.rglob("escaped")) == []


def test_the_file_server(configured: Path, server: RunningServer, tree: Path) -> None:
    """With our token; it can't say what it has."""
    assert StorageManager.get_files_server() == f"{server.url}/files"
    url = f"{server.url}/files/by hand/b c.bin"
    stored = StorageManager.upload_file(tree / "b c.bin", url.replace(" ", "%20"))

    assert StorageManager.get_file_size_bytes(stored) == 7
    assert Path(StorageManager.get_local_copy(stored) or "").read_text() == "b c.bin"
    assert Path(StorageManager.get_local_copy(stored) or "").name == "b c.bin"
    assert StorageManager.list(f"{server.url}/files/by%20hand") is None


def test_in_the_background(configured: Path, tree: Path, tmp_path: Path) -> None:
    """The call returns at once; the program's end waits."""
    url = (tmp_path / "there" / "a.txt").as_uri()
    assert StorageManager.upload_file(tree / "a.txt", url, wait_for_upload=False) == url
    background().shutdown(wait=True)
    background.cache_clear()

    assert (tmp_path / "there" / "a.txt").read_text() == "a.txt"


def test_limits_of_the_cache(configured: Path) -> None:
    """Of the usual one and of others."""
    assert StorageManager.set_cache_file_limit(7) == 7
    assert StorageManager.set_cache_file_limit(3, cache_context="own") == 3
    for wrong in (0, -1, "many", None):
        with pytest.raises(UsageError, match="cache_file_limit is"):
            StorageManager.set_cache_file_limit(wrong)  # type: ignore[arg-type]
    set_explicitly(cache_files=None)


def test_wrong_arguments(configured: Path, tmp_path: Path) -> None:
    """Are told by name."""
    with pytest.raises(UsageError, match="local_file is '/no/such'"):
        StorageManager.upload_file("/no/such", "s3://bucket/file")
    with pytest.raises(UsageError, match="local_folder is"):
        StorageManager.upload_folder("/no/such", "s3://bucket/file")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="remote_url is 'ftp://host/x'; allowed are"):
        StorageManager.upload_file(tmp_path / "file", "ftp://host/x")
    with pytest.raises(UsageError, match="cache_context"):
        StorageManager.get_local_copy("s3://bucket/file", cache_context="../up")


def test_a_place_that_takes_nothing(configured: Path, tree: Path, tmp_path: Path) -> None:
    """Raises for a file, after so many attempts; is told for a folder."""
    share = tmp_path / "share"
    share.touch()

    with pytest.raises(ServerUnavailableError, match="can't be written"):
        StorageManager.upload_file(tree / "a.txt", f"{share}/a.txt", retries=0)
    assert StorageManager.upload_folder(tree, str(share), retries=0) is None
    with pytest.raises(UsageError, match="retries is -1"):
        StorageManager.upload_file(tree / "a.txt", f"{share}/a.txt", retries=-1)


def test_another_attempt(configured: Path, tree: Path, tmp_path: Path) -> None:
    """When the place is back."""
    share = tmp_path / "share"
    share.touch()
    back = threading.Timer(0.1, share.unlink)
    back.start()
    url = StorageManager.upload_file(tree / "a.txt", f"{share}/a.txt", retries=20)
    back.join()

    assert url == (share / "a.txt").as_uri()
    assert (share / "a.txt").read_text() == "a.txt"
