"""Zip files: made whole or not at all, taken apart only if harmless."""

from __future__ import annotations

import random
import stat
import zipfile
from pathlib import Path

import pytest

from pellucid.base.archive import pack_folder, unpack_archive
from pellucid.base.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files, a link out of the folder, and a file that is not wanted."""
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("a" * 1000)
    (folder / "sub" / "b c.bin").write_bytes(bytes(range(256)))
    (folder / "secret").symlink_to("/etc/hostname")
    (folder / "lock").touch()
    return folder


def pack(folder: Path, target: Path, seconds: float = 60.0) -> bool:
    """Pack all but the lock."""
    ranks = {"lock": None, "a.txt": 2}
    return pack_folder(folder, target, rank=lambda name: ranks.get(name, 1), seconds=seconds)


def archive_of(path: Path, *names: str, mode: int = 0) -> Path:
    """An archive with entries of these names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, "content")
    return path


def test_there_and_back(folder: Path, tmp_path: Path) -> None:
    """The same files; links stay behind."""
    assert pack(folder, tmp_path / "x.zip")
    unpack_archive(tmp_path / "x.zip", tmp_path / "back")

    found = {path.relative_to(tmp_path / "back").as_posix() for path in (tmp_path / "back").rglob("*.*")}
    assert found == {"a.txt", "sub/b c.bin"}
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == ["sub/b c.bin", "a.txt"]
    assert (tmp_path / "back" / "sub" / "b c.bin").read_bytes() == bytes(range(256))
    assert not (tmp_path / "back" / "secret").exists()


def test_without_time_there_is_no_archive(folder: Path, tmp_path: Path) -> None:
    """Not half of one either."""
    assert not pack(folder, tmp_path / "x.zip", seconds=0)

    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "C:x", "a\\..\\x", "./../x"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    """Before anything is written, though harmless entries come first."""
    archive = archive_of(tmp_path / "x.zip", "harmless", name)
    with pytest.raises(UsageError, match="allowed are files below its root"):
        unpack_archive(archive, tmp_path / "back")

    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO, stat.S_IFCHR])
def test_what_is_no_file_is_refused(tmp_path: Path, mode: int) -> None:
    """A link would lead whatever comes after it elsewhere."""
    with pytest.raises(UsageError, match="'odd'"):
        unpack_archive(archive_of(tmp_path / "x.zip", "odd", mode=mode), tmp_path / "back")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    """Readers would differ on which one counts."""
    with pytest.raises(UsageError, match="twice"):
        unpack_archive(archive_of(tmp_path / "x.zip", "a", "a"), tmp_path / "back")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """By the sizes that it names, which are the most that is ever read."""
    archive = archive_of(tmp_path / "x.zip", "a")
    content = bytearray(archive.read_bytes())
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = (0xFFFF_0000).to_bytes(4, "little")
    archive.write_bytes(content)

    with pytest.raises(UsageError, match="far more"):
        unpack_archive(archive, tmp_path / "back")


@pytest.mark.parametrize("keep", [0, 10, -30])
def test_damage_is_told(folder: Path, tmp_path: Path, keep: int) -> None:
    """A file that was cut off, or never was an archive."""
    pack(folder, tmp_path / "x.zip")
    (tmp_path / "x.zip").write_bytes((tmp_path / "x.zip").read_bytes()[:keep])

    with pytest.raises(UsageError, match=r"x\.zip can't be unpacked"):
        unpack_archive(tmp_path / "x.zip", tmp_path / "back")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("torn", [True, False])
def test_the_most_is_made_of_an_archive_that_was_cut_off(tmp_path: Path, method: int, torn: bool) -> None:
    """Whole entries, and of the last one what is there, if it is of use."""
    content = random.Random(1).randbytes(300_000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as archive:
        archive.mkdir("sub")
        archive.writestr("sub/whole", "whole" * 100)
        with archive.open("last", "w", force_zip64=True) as entry:
            entry.write(content)
    packed = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(packed[:200_000])

    assert not unpack_archive(tmp_path / "x.zip", tmp_path / "back", keep_torn=lambda _: torn)
    assert (tmp_path / "back" / "sub" / "whole").read_text() == "whole" * 100
    kept = tmp_path / "back" / "last"
    assert kept.exists() == torn
    assert not torn or (content.startswith(kept.read_bytes()) and kept.stat().st_size > 190_000)


def test_an_archive_that_was_cut_off_can_lead_nowhere_either(tmp_path: Path) -> None:
    """The same names are refused."""
    archive = archive_of(tmp_path / "x.zip", "a", "../../x")
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(UsageError, match="allowed are files below its root"):
        unpack_archive(archive, tmp_path / "back", keep_torn=lambda _: True)
