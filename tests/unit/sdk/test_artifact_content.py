"""Tests of ``pellucid.sdk.artifact_content``: what becomes of what is given, on disk."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from pellucid.base.errors import UsageError
from pellucid.sdk.artifact_content import Content, content_of, keep
from pellucid.sdk.artifact_formats import reader_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n")
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with files in folders, one of them empty."""
    tree = tmp_path / "tree"
    (tree / "b").mkdir(parents=True)
    (tree / "empty").mkdir()
    (tree / "a.csv").write_text("a")
    (tree / "b" / "x.csv").write_text("x")
    (tree / "b" / "y.txt").write_text("y")
    return tree


def kept(folder: Path, content: Content) -> tuple[Content, Path]:
    """What became of it, and the file."""
    content, copy = keep(folder / "run", content)
    return content, folder / "run" / copy.source


def packed(file: Path) -> dict[str, str]:
    """The files of an archive."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("as_text", [True, False])
def test_m162_a_file(file: Path, tmp_path: Path, as_text: bool) -> None:
    """Keeps its name; by path or by text."""
    content, copy = keep(tmp_path, content_of("x", str(file) if as_text else file))

    assert (content.type, content.file_name) == ("custom", "data.csv")
    assert (tmp_path / copy.source).read_text() == "a,b\n"
    assert (copy.size, copy.sha256) == (4, hashlib.sha256(b"a,b\n").hexdigest())


def test_m163_a_folder(tree: Path, tmp_path: Path) -> None:
    """One zip file with relative names; empty folders are left out."""
    content, file = kept(tmp_path, content_of("x", tree))

    assert (content.type, content.file_name) == ("archive", "tree.zip")
    assert packed(file) == {"a.csv": "a", "b/x.csv": "x", "b/y.txt": "y"}
    assert "b/x.csv: 1 bytes" in content.preview


def test_m164_a_wildcard(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anywhere below its folder; in the current one too."""
    content, file = kept(tmp_path, content_of("x", f"{tree}/*.csv"))
    assert (content.type, content.file_name) == ("archive", "tree.zip")
    assert packed(file) == {"a.csv": "a", "b/x.csv": "x"}

    monkeypatch.chdir(tree)
    assert packed(kept(tmp_path, content_of("x", "*.txt"))[1]) == {"b/y.txt": "y"}


def test_m164_a_list_of_paths(tree: Path, tmp_path: Path) -> None:
    """Relative to what they have in common; a list of texts is an object."""
    content, file = kept(tmp_path, content_of("several", [tree / "a.csv", tree / "b"]))
    assert (content.type, content.file_name) == ("archive", "several.zip")
    assert packed(file) == {"a.csv": "a", "b/x.csv": "x", "b/y.txt": "y"}

    assert content_of("x", [str(tree / "a.csv")]).type == "pickle"
    with pytest.raises(UsageError, match=r"artifact_object has .*nothing"):
        content_of("x", [tree / "nothing"])


@pytest.mark.parametrize(
    "text", ["what is this?", "* an item", "why?\nbecause", "/does/not/exist.csv", "/does/not/*.csv", "long " * 10_000]
)
def test_m164_a_text_that_is_no_path_is_a_text(text: str, tmp_path: Path) -> None:
    """Whatever characters it has."""
    content, file = kept(tmp_path, content_of("a/b", text))
    assert (content.type, content.file_name) == ("string", "a.slash.b.txt")
    assert file.read_text() == text


@pytest.mark.parametrize("path", [Path("/does/not/exist"), Path("/does/not/*.csv")])
def test_m164_a_path_that_does_not_exist_is_refused(path: Path) -> None:
    """Unlike a text, it can't be meant otherwise."""
    with pytest.raises(UsageError, match="artifact_object is"):
        content_of("x", path)


@pytest.mark.parametrize(
    "address",
    ["https://host/x.csv", "s3://bucket/x", "gs://bucket/x", "azure://acct.blob.core.windows.net/c/x", "file:///x"],
)
def test_m165_addresses_are_only_linked(address: str) -> None:
    """As they are."""
    content = content_of("x", address)
    assert (content.type, content.link, content.preview) == ("custom", address, address)


@pytest.mark.parametrize("extension", ["yaml", ".yaml", ".YAML"])
def test_m166_the_extension(extension: str, tmp_path: Path) -> None:
    """With or without the dot (sdk-surface C3)."""
    content, file = kept(tmp_path, content_of("x", {"b": [1], "a": "ü"}, extension=extension))

    assert content.file_name == "x.yaml"
    assert yaml.safe_load(file.read_text()) == {"b": [1], "a": "ü"}


@pytest.mark.parametrize(
    ("value", "extension", "message"),
    [
        ({"a": 1}, "csv", r"extension_name is '.csv'; allowed for a dict is '.json', '.yaml', '.yml'"),
        (np.zeros(2), "png", r"extension_name is '.png'; allowed for a numpy"),
        (pd.DataFrame(), "xlsx", r"extension_name is '.xlsx'; allowed for a pandas"),
        ({"a": 1}, "", "extension_name is ''"),
        ({"a": 1}, "../up", r"extension_name is '../up'"),
        ({"a": 1}, 3, "extension_name is 3"),
    ],
)
def test_m166_another_extension_is_refused(value: Any, extension: Any, message: str) -> None:
    """With those that are allowed."""
    with pytest.raises(UsageError, match=message):
        content_of("x", value, extension=extension)


def test_m167_a_dictionary(tmp_path: Path) -> None:
    """As JSON that people can read; sorted unless they don't want it."""
    content, file = kept(tmp_path, content_of("x", {"b": 1, "a": [2]}))

    assert (content.type, content.file_name) == ("dict", "x.json")
    assert file.read_text() == content.preview == '{\n    "a": [\n        2\n    ],\n    "b": 1\n}'
    assert list(json.loads(content_of("x", {"b": 1, "a": 2}, sort_keys=False).preview)) == ["b", "a"]
    assert json.loads(content_of("x", {"b": 1, 2: 3}).preview) == {"b": 1, "2": 3}


@pytest.mark.parametrize("extension", [None, "yaml"])
def test_m167_a_dictionary_of_other_things_is_pickled(extension: str | None, tmp_path: Path) -> None:
    """Or refused, where nothing is to be."""
    value = {"a": {1, 2}, "b": complex(1, 2)}
    if extension is None:
        content, _ = kept(tmp_path, content_of("x", value, extension=extension))
        assert (content.type, content.file_name) == ("pickle", "x.pkl")
    with pytest.raises(UsageError, match="artifact_object: the dictionary can't be written"):
        content_of("x", {"b": complex(1, 2)}, extension=extension, auto_pickle=False)


FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=pd.Index(["p", "q"], name="key"))


@pytest.mark.parametrize("extension", [None, ".csv.gz", "csv"])
def test_m168_a_frame(extension: str | None, tmp_path: Path) -> None:
    """With its index."""
    content, file = kept(tmp_path, content_of("x", FRAME, extension=extension))

    assert (content.type, content.file_name) == ("pandas", f"x.{(extension or 'csv.gz').removeprefix('.')}")
    read = reader_of("pandas", file.name)
    assert read is not None
    pd.testing.assert_frame_equal(read(file), FRAME)


def test_m168_a_frame_whose_index_has_levels_is_pickled(tmp_path: Path) -> None:
    """Text does not say which columns they are."""
    frame = FRAME.set_index("a", append=True)
    content, file = kept(tmp_path, content_of("x", frame))

    assert (content.type, content.file_name) == ("pandas", "x.pickle")
    pd.testing.assert_frame_equal(pd.read_pickle(file), frame)


def test_m168_a_format_that_can_not_be_written_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the usual one."""

    def fail(*_: object, **__: object) -> None:
        raise ImportError("there is no engine for it")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    content, file = kept(tmp_path, content_of("x", FRAME, extension="parquet"))
    assert (content.file_name, file.name) == ("x.csv.gz", "x.csv.gz")


@pytest.mark.parametrize("extension", [None, "npz", "npy", "csv.gz"])
@pytest.mark.parametrize("name", ["x", "file", "a/b"])
def test_m169_an_array(extension: str | None, name: str, tmp_path: Path) -> None:
    """Of any name."""
    array = np.array([[1.5, 2.0], [3.0, np.nan]])
    content, file = kept(tmp_path, content_of(name, array, extension=extension))

    assert content.type == "numpy"
    assert content.file_name.endswith(f".{extension or 'npz'}")
    read = reader_of("numpy", file.name)
    assert read is not None
    np.testing.assert_array_equal(read(file), array)


def test_m169_an_array_of_objects_is_pickled(tmp_path: Path) -> None:
    """And a table has no third dimension, so that is another format."""
    assert content_of("x", np.array([{}, None])).type == "pickle"
    assert kept(tmp_path, content_of("x", np.zeros((2, 2, 2)), extension="csv.gz"))[0].file_name == "x.npz"


@pytest.mark.parametrize("extension", [None, "png", ".jpeg", "bmp"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_m170_a_picture(extension: str | None, mode: str, tmp_path: Path) -> None:
    """In any format of PIL."""
    content, file = kept(tmp_path, content_of("x", Image.new(mode, (3, 2)), extension=extension))

    assert (content.type, content.file_name) == ("image", f"x.{(extension or 'png').removeprefix('.')}")
    read = reader_of("image", file.name)
    assert read is not None
    assert read(file).size == (3, 2)


def test_m170_a_format_that_pil_does_not_know_is_refused(tmp_path: Path) -> None:
    """And nothing is left of it."""
    with pytest.raises(UsageError, match=r"artifact_object can't be written as 'x\.nothing'"):
        kept(tmp_path, content_of("x", Image.new("L", (1, 1)), extension="nothing"))
    assert list((tmp_path / "run" / "files").iterdir()) == []


@pytest.mark.parametrize("value", [{1, 2}, None, "", [1, "a"], 3.5, (Path("a"), 1)])
def test_m171_other_objects_are_pickled(value: Any, tmp_path: Path) -> None:
    """Or refused, where nothing is to be."""
    content, file = kept(tmp_path, content_of("x", value))
    assert (content.type, file.name) == ("pickle", "x.pkl")
    with pytest.raises(UsageError, match=r"artifact_object is of type .*auto_pickle is False"):
        content_of("x", value, auto_pickle=False)


def test_m171_what_can_not_be_pickled_is_refused(tmp_path: Path) -> None:
    """And nothing is left of it."""
    with pytest.raises(UsageError, match=r"artifact_object can't be written as 'x\.pkl'"):
        kept(tmp_path, content_of("x", lambda: 0))
    assert list((tmp_path / "run" / "files").iterdir()) == []


def test_m171_texts_and_forced_pickles(tmp_path: Path) -> None:
    """A text may be of another format; ``.pkl`` is one for everything."""
    assert kept(tmp_path, content_of("x", "# Title", extension="md"))[0].file_name == "x.md"
    assert content_of("x", {"a": 1}, extension="pkl").type == "pickle"


def test_m171_what_the_user_serializes(tmp_path: Path) -> None:
    """Is a file like others."""
    content, file = kept(tmp_path, content_of("x", 3, extension="bin", serialize=lambda value: bytes([value])))
    assert (content.type, content.file_name, file.read_bytes()) == ("custom", "x.bin", b"\x03")
    with pytest.raises(UsageError, match="serialization_function returned str"):
        content_of("x", 3, serialize=str)  # type: ignore[arg-type]


def test_a_preview_is_short_and_never_fails() -> None:
    """However big and whatever the object is."""

    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert len(content_of("x", list(range(10**6))).preview) < 1000
    assert content_of("x", Silent()).preview.startswith("<Silent instance")


def test_what_is_given_away_is_gone(tree: Path, file: Path, tmp_path: Path) -> None:
    """A folder, and the files of a wildcard, once they are packed."""
    keep(tmp_path / "run", content_of("x", f"{tree}/*.csv"), give_away=True)
    assert [path.name for path in tree.rglob("*") if path.is_file()] == ["y.txt"]
    keep(tmp_path / "run", content_of("x", tree), give_away=True)
    assert not tree.exists()
    keep(tmp_path / "run", content_of("x", file), give_away=True)
    assert not file.exists()


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, file: Path) -> None:
    """The disk gets its room back."""
    content = content_of("x", file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        keep(tmp_path, content)

    assert list((tmp_path / "files").iterdir()) == []
