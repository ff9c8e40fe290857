"""Formats of objects that are kept as artifacts (seed, Artifacts; sdk-surface M166-M171, §4.20).

The libraries are the user's: one whose object is written is imported already, one that is needed to read is imported
then. Nothing here unpickles but ``read_pickle`` and what is told to.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from pellucid.base.errors import UsageError

Write: TypeAlias = Callable[[Any, Path], None]
"""Writes an object into a file."""

Read: TypeAlias = Callable[[Path], Any]
"""Reads it back."""

_INDENT: Final = 4


def json_text(value: Mapping[Any, Any], *, sort_keys: bool) -> str:
    """A dictionary as JSON; keys of several types have no order, and stay as they are.

    Raises:
        TypeError: a value has no JSON.
        ValueError: it holds itself.
    """
    comparable = sort_keys and len({type(key) for key in value}) < 2
    return json.dumps(dict(value), indent=_INDENT, ensure_ascii=False, sort_keys=comparable)


def yaml_text(value: Mapping[Any, Any], *, sort_keys: bool) -> str:
    """A dictionary as YAML, if that library is installed."""
    return str(library("yaml").safe_dump(dict(value), sort_keys=sort_keys, allow_unicode=True))


def write_pickle(value: Any, path: Path) -> None:
    """Write any object; ``pickle`` says which can't be."""
    with path.open("wb") as file:
        pickle.dump(value, file)


def read_pickle(path: Path) -> Any:
    """Read an object that was pickled, which runs whatever code its file says: only for files that are trusted."""
    with path.open("rb") as file:
        return pickle.load(file)


PANDAS: Final[Mapping[str, Write]] = {
    ".csv.gz": lambda frame, path: frame.to_csv(path, compression="gzip"),
    ".csv": lambda frame, path: frame.to_csv(path),
    ".parquet": lambda frame, path: frame.to_parquet(path),
    ".feather": lambda frame, path: frame.to_feather(path),
    ".pickle": lambda frame, path: frame.to_pickle(path),
}
"""How a DataFrame of pandas is written, by suffix; the first is the usual one."""

POLARS: Final[Mapping[str, Write]] = {
    ".parquet": lambda frame, path: frame.write_parquet(path),
    ".csv": lambda frame, path: frame.write_csv(path),
}
"""How a DataFrame of polars is written."""


def write_npz(array: Any, path: Path) -> None:
    """Write an array compressed, under the name of its file."""
    name = path.name.removesuffix(".npz")
    with path.open("wb") as file:  # by name, numpy would add a suffix of its own
        library("numpy").savez_compressed(file, **{"array" if name == "file" else name: array})


def write_npy(array: Any, path: Path) -> None:
    """Write an array as it is."""
    with path.open("wb") as file:
        library("numpy").save(file, array, allow_pickle=False)


def write_numbers(array: Any, path: Path) -> None:
    """Write an array of at most two dimensions as a compressed table of numbers."""
    if array.ndim > 2:
        raise UsageError(f"extension_name is '.csv.gz', and the array has {array.ndim} dimensions; allowed are two")
    library("numpy").savetxt(path, array, delimiter=",")


NUMPY: Final[Mapping[str, Write]] = {".npz": write_npz, ".npy": write_npy, ".csv.gz": write_numbers}
"""How an array is written."""


def write_image(image: Any, path: Path) -> None:
    """Write a picture of PIL in the format of the file's suffix."""
    try:
        image.save(path)
    except OSError as error:
        if error.errno is not None:
            raise
        image.convert("RGB").save(path)  # the format does not have the picture's mode, such as transparency in JPEG


def _read_npz(path: Path) -> Any:
    with library("numpy").load(path, allow_pickle=False) as found:
        arrays = dict(found)
    return next(iter(arrays.values())) if len(arrays) == 1 else arrays


def _read_image(path: Path) -> Any:
    with library("PIL.Image").open(path) as image:
        image.load()
        return image


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogatepass")


def _read_yaml(path: Path) -> Any:
    return library("yaml").safe_load(_read_text(path))


_READERS: Final[Mapping[str, Mapping[str, Read]]] = {
    "dict": {".json": lambda path: json.loads(_read_text(path)), ".yaml": _read_yaml, ".yml": _read_yaml},
    "string": {"": _read_text},
    "pandas": {
        ".csv.gz": lambda path: library("pandas").read_csv(path, index_col=0),
        ".csv": lambda path: library("pandas").read_csv(path, index_col=0),
        ".parquet": lambda path: library("pandas").read_parquet(path),
        ".feather": lambda path: library("pandas").read_feather(path),
    },
    "data-audit-table": {".csv.gz": lambda path: library("pandas").read_csv(path, index_col=0)},
    "polars": {
        ".parquet": lambda path: library("polars").read_parquet(path),
        ".csv": lambda path: library("polars").read_csv(path),
    },
    "numpy": {
        ".npz": _read_npz,
        ".npy": lambda path: library("numpy").load(path, allow_pickle=False),
        ".csv.gz": lambda path: library("numpy").loadtxt(path, delimiter=","),
    },
    "image": {"": _read_image},
}


def reader_of(type_: str, file_name: str) -> Read | None:
    """What makes an object of an artifact's file; ``None`` for a file that is just a file.

    Args:
        type_: the artifact's label.
        file_name: of its file.
    """
    readers = _READERS.get(type_, {})
    return next((read for suffix, read in readers.items() if file_name.lower().endswith(suffix)), None)


def is_pickled(type_: str, file_name: str) -> bool:
    """Whether to read this object means to unpickle it."""
    return type_ == "pickle" or (type_ == "pandas" and file_name.lower().endswith((".pickle", ".pkl")))


def read_pickled(type_: str, path: Path) -> Any:
    """The object of a file that is pickled and trusted."""
    return library("pandas").read_pickle(path) if type_ == "pandas" else read_pickle(path)


def library(name: str) -> Any:
    """A library of the user's.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"{name.partition('.')[0]} is needed for this format, and is not installed here") from error


def comes_from(value: object, library: str, kind: str) -> bool:
    """Whether an object is of a library's class, which is not imported to find out."""
    return any(one.__name__ == kind and one.__module__.partition(".")[0] == library for one in type(value).__mro__)
