"""What every place for files must do, as tests: inherit from ``StorageTests``, and say what the place is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from pellucid.base.errors import RequestRefusedError
from pellucid.base.ids import new_id
from pellucid.client.storage.location import parse_location
from pellucid.client.storage.storage import Storage

_NAMES = ["plain.txt", "with blanks.txt", "ünïcode/ß.txt", "a#b%20c+d.txt", "x'y\"z&w=1.txt"]

_SEVERAL_PARTS = 20_000_001
"""Bytes that make more than one part of a multipart upload, the last of them uneven."""


class StorageTests:
    """A place by its address.

    Fixtures that an heir may replace: ``environ``, environment variables. Fixture that it must give: ``place``, an
    address below which nothing is.
    """

    lists = True
    """Whether the place can say what it has."""

    @pytest.fixture
    def environ(self) -> Mapping[str, str]:
        """Environment variables."""
        return {"CLEARML_CONFIG_FILE": os.devnull}

    @pytest.fixture
    def storage(self, environ: Mapping[str, str]) -> Storage:
        """The door to it."""
        return Storage(environ=environ)

    @pytest.fixture
    def folder(self, place: str) -> str:
        """A folder in it that is this test's alone."""
        return f"{place}/{new_id()}"

    @pytest.mark.parametrize("name", _NAMES)
    def test_what_is_stored_is_read(self, storage: Storage, folder: str, tmp_path: Path, name: str) -> None:
        """Under any name."""
        content = os.urandom(1000)
        source = tmp_path / "source"
        source.write_bytes(content)
        url = address(folder, name)
        storage.upload(source, url)

        assert storage.download(url, tmp_path / "target") == hashlib.sha256(content).hexdigest()
        assert (tmp_path / "target").read_bytes() == content
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    @pytest.mark.parametrize("size", [0, _SEVERAL_PARTS])
    def test_any_size(self, storage: Storage, folder: str, tmp_path: Path, size: int) -> None:
        """Nothing, and more than one part; the size is told."""
        content = os.urandom(size)
        (tmp_path / "source").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        url = address(folder, "file.bin")
        storage.upload(tmp_path / "source", url, digest)
        found = storage.find(url)

        assert found is not None
        assert found.size == size
        assert storage.download(url, tmp_path / "target") == digest

    def test_replacing(self, storage: Storage, folder: str, tmp_path: Path) -> None:
        """A file of the same address gives way, whatever its size and hash."""
        url = address(folder, "file.bin")
        for content in (b"a" * 9_000_000, b"b" * 9_000_000, b"c"):
            (tmp_path / "source").write_bytes(content)
            storage.upload(tmp_path / "source", url, hashlib.sha256(content).hexdigest())
            storage.download(url, tmp_path / "target")
            assert (tmp_path / "target").read_bytes() == content

    def test_deleting(self, storage: Storage, folder: str, tmp_path: Path) -> None:
        """Says whether there was a file; what is gone is not found and not read."""
        (tmp_path / "source").touch()
        url = address(folder, "file")
        storage.upload(tmp_path / "source", url)

        assert storage.delete(url)
        assert not storage.delete(url)
        assert storage.find(url) is None
        with pytest.raises(RequestRefusedError) as caught:
            storage.download(url, tmp_path / "target")
        assert caught.value.code == 404
        assert not (tmp_path / "target").exists()

    def test_listing(self, storage: Storage, folder: str, tmp_path: Path) -> None:
        """All files below a folder, relative to it, with their sizes; neighbours of a like name are not among them.
        Where a place can't say what it has, it says that."""
        if not self.lists:
            with pytest.raises(RequestRefusedError):
                next(storage.list(folder))
            return
        (tmp_path / "source").write_bytes(b"12345")
        for name in ("in/a", "in/deep/er/b c", "inside"):
            storage.upload(tmp_path / "source", address(folder, name))
        found = sorted(storage.list(address(folder, "in")), key=lambda file: file.path)

        assert [(file.path, file.size) for file in found] == [("a", 5), ("deep/er/b c", 5)]
        assert list(storage.list(address(folder, "nothing"))) == []

    def test_checking(self, storage: Storage, folder: str) -> None:
        """Leaves nothing."""
        storage.check(folder)

        if self.lists:
            assert list(storage.list(folder)) == []

    def test_a_source_that_is_gone(self, storage: Storage, folder: str, tmp_path: Path) -> None:
        """Is the caller's trouble, not the place's."""
        with pytest.raises(FileNotFoundError):
            storage.upload(tmp_path / "gone", address(folder, "file"))


def address(folder: str, name: str) -> str:
    """A file's address in a folder."""
    return str(parse_location(folder).join(name))
