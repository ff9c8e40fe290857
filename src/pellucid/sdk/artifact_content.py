"""What becomes of an object that is kept as an artifact (seed, Artifacts; sdk-surface M161-M173, §4.20)."""

from __future__ import annotations

import re
import reprlib
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.base.archive import pack_files
from pellucid.base.errors import UsageError
from pellucid.base.log import trouble
from pellucid.sdk import artifact_formats as formats
from pellucid.sdk.artifact_sources import archived_files, existing_path, wildcard_folder
from pellucid.sdk.pictures import is_pil
from pellucid.sdk.snapshot import Snapshot, snapshot_file, snapshot_written
from pellucid.wire.files import component

LONGEST_PREVIEW: Final = 1 << 16
"""Characters of a text that are shown without fetching the file (sdk-surface §4.20)."""

_PATH: Final = re.compile(r"(?:/|\./|~/|[A-Za-z]:\\)\S+\.\w{1,10}")
"""What nobody writes but as the path of a file."""

_LINK: Final = re.compile(r"(https?|s3|gs|azure|file)://", re.IGNORECASE)

_SHOWN: Final = reprlib.Repr()
_SHOWN.maxlist = _SHOWN.maxtuple = _SHOWN.maxset = _SHOWN.maxfrozenset = _SHOWN.maxdict = _SHOWN.maxdeque = 100
_SHOWN.maxstring = _SHOWN.maxother = 10_000

SUPPORTED: Final = "a file, a folder, a wildcard, an address such as s3://bucket/file, or an object"


class Content(msgspec.Struct, frozen=True):
    """What is to become of an artifact.

    Attributes:
        type: the protocol's label.
        file_name: last component of the address; empty for a link.
        file: the file to copy, if it is one.
        write: writes the file, if it is to be made.
        link: the address, if it is only linked.
        preview: what can be shown of it.
        sources: files and folders of the program that it is made of.
        otherwise: what becomes of it if it can't be written so.
    """

    type: str
    file_name: str = ""
    file: Path | None = None
    write: Callable[[Path], object] | None = None
    link: str | None = None
    preview: str = ""
    sources: tuple[Path, ...] = ()
    otherwise: Content | None = None


def content_of(
    name: str,
    value: object,
    *,
    extension: str | None = None,
    frame_extension: str | None = None,
    sort_keys: bool = True,
    auto_pickle: bool = True,
    serialize: Callable[[Any], bytes] | None = None,
) -> Content:
    """How a value is kept.

    Args:
        name: the artifact's.
        value: what the program gave.
        extension: the format, with or without the dot (sdk-surface C3); the usual one of its type by default.
        frame_extension: the usual format of a DataFrame of pandas, if it is not to be CSV.
        sort_keys: of a dictionary.
        auto_pickle: whether what has no other format is pickled.
        serialize: makes the file's content of the value.

    Raises:
        UsageError: it is a file that does not exist, or has no such format.
    """
    if extension is None and formats.comes_from(value, "pandas", "DataFrame"):
        extension = frame_extension
    suffix = None if extension is None else _suffix(extension)
    if serialize is not None:
        return _serialized(name, value, suffix or "", serialize)
    if suffix in (".pkl", ".pickle") and not formats.comes_from(value, "pandas", "DataFrame"):
        return _pickled(name, value, suffix)
    content = (
        _of_files(name, value)
        or _of_text(name, value, suffix)
        or _of_object(component(name), value, suffix, sort_keys=sort_keys, auto_pickle=auto_pickle)
    )
    if content is None and not auto_pickle:
        raise UsageError(
            f"artifact_object is of type {type(value).__name__}, and auto_pickle is False; allowed is {SUPPORTED} of a "
            "type that has a format of its own"
        )
    return content or _pickled(name, value)


def keep(folder: Path, content: Content, *, give_away: bool = False) -> tuple[Content, Snapshot]:
    """Keep what is to be uploaded in a run's folder.

    Args:
        folder: the run's.
        content: what it is; no link.
        give_away: whether the program's files are to be gone afterwards.

    Returns:
        What became of it, which is another thing than asked for if that was not possible, and the copy.

    Raises:
        UsageError: it can't be written at all.
        OSError: a file can't be read, or the disk is full.
    """
    if content.file is not None:
        return content, snapshot_file(folder, content.file_name, content.file, give_away=give_away)
    assert content.write is not None
    try:
        copy = snapshot_written(folder, content.file_name, content.write)
    except Exception as error:  # the libraries that write raise whatever they like
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        if content.otherwise is None:
            raise UsageError(
                f"artifact_object can't be written as {content.file_name!r}: {type(error).__name__}: {error}"
            ) from error
        kept = content.otherwise
        trouble("artifacts.format", f"{content.file_name} can't be written, {kept.file_name} is instead.", error)
        return keep(folder, kept)
    if give_away:
        for source in content.sources:
            shutil.rmtree(source) if source.is_dir() else source.unlink(missing_ok=True)
    return content, copy


def _of_files(name: str, value: object) -> Content | None:
    """A file, a folder, files by a wildcard or as a list."""
    if isinstance(value, list | tuple) and value and all(isinstance(path, Path) for path in value):
        return _archive(component(name), archived_files(value), tuple(value))
    path = existing_path(value)
    if path is not None and path.is_dir():
        return _archive(component(path.resolve().name or name), archived_files([path]), (path,))
    if path is not None:
        return Content("custom", file_name=path.name, file=path, preview=str(path), sources=(path,))
    found = wildcard_folder(value)
    if found is not None:
        folder, files = found
        return _archive(component(folder.resolve().name or name), files, tuple(files.values()))
    if isinstance(value, Path):
        raise UsageError(f"artifact_object is {value!r}, which is no file, folder or wildcard; allowed is {SUPPORTED}")
    return None


def _archive(name: str, files: Mapping[str, Path], sources: tuple[Path, ...]) -> Content:
    listed = "\n".join(f"{file}: {path.stat().st_size} bytes" for file, path in files.items())
    return Content(
        "archive",
        file_name=f"{name}.zip",
        write=lambda target: pack_files(files, target),
        preview=f"Archive of {len(files)} files:\n{listed}",
        sources=sources,
    )


def _of_text(name: str, value: object, suffix: str | None) -> Content | None:
    """An address, or a text."""
    if not isinstance(value, str) or not value:
        return None
    if _LINK.match(value):
        return Content("custom", link=value, preview=value)
    if _PATH.fullmatch(value):
        trouble("artifacts.path", f"There is no file {value}: the artifact {name!r} is this text.")
    return Content("string", f"{component(name)}{suffix or '.txt'}", write=_writes_text(value), preview=value)


def _of_object(stem: str, value: object, suffix: str | None, *, sort_keys: bool, auto_pickle: bool) -> Content | None:
    """An object of a type that has a format of its own."""
    if isinstance(value, Mapping):
        chosen = _check_suffix(suffix, "dict", (".json", ".yaml", ".yml"))
        return _of_dictionary(stem, value, chosen, sort_keys=sort_keys, auto_pickle=auto_pickle)
    if formats.comes_from(value, "pandas", "DataFrame"):
        return _of_pandas(stem, value, suffix)
    if formats.comes_from(value, "polars", "DataFrame"):
        return _of_library("polars", stem, value, suffix, formats.POLARS)
    if formats.comes_from(value, "numpy", "ndarray") and not getattr(value, "dtype").hasobject:  # noqa: B009 - it has
        return _of_library("numpy", stem, value, suffix, formats.NUMPY)
    if is_pil(value):
        size, mode = getattr(value, "size", None), getattr(value, "mode", None)
        write = partial(formats.write_image, value)
        return Content("image", f"{stem}{suffix or '.png'}", write=write, preview=f"{size} {mode}")
    return None


def _of_dictionary(stem: str, value: Mapping[Any, Any], suffix: str, *, sort_keys: bool, auto_pickle: bool) -> Content:
    try:
        text = (formats.json_text if suffix == ".json" else formats.yaml_text)(value, sort_keys=sort_keys)
    except UsageError:
        raise
    except Exception as error:  # the errors of YAML have no root in common with those of JSON
        if not auto_pickle:
            raise UsageError(f"artifact_object: the dictionary can't be written as {suffix!r}: {error}") from error
        trouble("artifacts.format", f"{stem}{suffix} can't be written, {stem}.pkl is instead.", error)
        return _pickled(stem, value)
    return Content("dict", f"{stem}{suffix}", write=_writes_text(text), preview=text)


def _of_pandas(stem: str, frame: Any, suffix: str | None) -> Content:
    if suffix is None and getattr(frame.index, "nlevels", 1) > 1:
        suffix = ".pickle"  # a table of text does not say which columns are the index
    return _of_library("pandas", stem, frame, suffix, formats.PANDAS)


def _of_library(type_: str, stem: str, value: Any, suffix: str | None, writers: Mapping[str, formats.Write]) -> Content:
    usual = next(iter(writers))
    chosen = _check_suffix(suffix, type_, tuple(writers))
    preview = str(value)
    otherwise = None
    if chosen != usual:
        otherwise = Content(type_, f"{stem}{usual}", write=partial(writers[usual], value), preview=preview)
    return Content(
        type_, f"{stem}{chosen}", write=partial(writers[chosen], value), preview=preview, otherwise=otherwise
    )


def _pickled(name: str, value: object, suffix: str = ".pkl") -> Content:
    write = partial(formats.write_pickle, value)
    return Content("pickle", f"{component(name)}{suffix}", write=write, preview=_shown(value))


def _serialized(name: str, value: object, suffix: str, serialize: Callable[[Any], bytes]) -> Content:
    content = serialize(value)
    if not isinstance(content, bytes | bytearray):
        raise UsageError(f"serialization_function returned {type(content).__name__}; allowed are bytes")
    return Content(
        "custom",
        f"{component(name)}{suffix}",
        write=lambda target: target.write_bytes(content),
        preview=_shown(value),
    )


def _suffix(extension: object) -> str:
    if isinstance(extension, str) and extension.strip(".") and "/" not in extension:
        return f".{extension.removeprefix('.')}".lower()
    raise UsageError(f"extension_name is {extension!r}; allowed is the suffix of a file, such as '.json'")


def _check_suffix(suffix: str | None, type_: str, allowed: tuple[str, ...]) -> str:
    if suffix is None:
        return allowed[0]
    if suffix not in allowed:
        raise UsageError(f"extension_name is {suffix!r}; allowed for a {type_} is {', '.join(map(repr, allowed))}")
    return suffix


def _writes_text(text: str) -> Callable[[Path], object]:
    return lambda target: target.write_bytes(text.encode("utf-8", "surrogatepass"))


def _shown(value: object) -> str:
    try:
        return _SHOWN.repr(value)
    except Exception:  # noqa: BLE001 - it is the program's own code
        return f"<{type(value).__name__}>"
