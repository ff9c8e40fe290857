"""Local copies of a model's weights (sdk-surface M188)."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from pellucid.base.archive import unpack_archive
from pellucid.base.errors import PellucidError, ServerError
from pellucid.sdk.file_cache import FileCache
from pellucid.wire import models

if TYPE_CHECKING:
    from pellucid.client.files import FilesClient

PACKAGE: Final = "package"
"""System tag of models whose file is an archive of several (sdk-surface §4.19)."""


class WeightsUnavailableError(ServerError, ValueError):
    """The weights of a model can't be had; a ``ValueError`` too, as which existing scripts catch it."""


class Fetching:
    """Fetches weights of models, once for each time that they were changed."""

    def __init__(self, cache: Path, open_files: Callable[[], FilesClient]) -> None:
        """Fetch into a folder.

        Args:
            cache: folder of fetched files.
            open_files: opens the file server when it is needed.
        """
        self._cache = FileCache(cache / "models")
        self._open_files = open_files

    def file(self, model: models.Model, *, again: bool) -> Path:
        """The model's file as it is stored.

        Args:
            model: the model.
            again: fetch it in any case.

        Raises:
            WeightsUnavailableError: it can't be had.
        """
        address = urlsplit(model.uri)
        if address.scheme in ("", "file"):
            path = Path(unquote(address.path))
            if not model.uri or not path.exists():
                raise WeightsUnavailableError(f"model {model.id}: {model.uri or 'no weights'!r} is not on this machine")
            return path
        if address.scheme not in ("http", "https"):
            raise WeightsUnavailableError(f"model {model.id}: {model.uri} can't be fetched from here")
        try:
            target = self._cache.entry(_key(model)) / (Path(unquote(address.path)).name or "weights")
            if again or not target.is_file():
                self._open_files().download(model.uri, target)
        except (PellucidError, OSError) as error:
            raise WeightsUnavailableError(f"model {model.id}: {error}") from error
        return target

    def folder(self, model: models.Model, *, again: bool) -> Path:
        """The folder of what is packed in the model's file.

        Raises:
            WeightsUnavailableError: it can't be had, or is no archive.
        """
        packed = self.file(model, again=again)
        if packed.is_dir():
            return packed
        try:
            entry = self._cache.entry(f"{_key(model)}-unpacked")
            target = entry / packed.stem
            if again or not target.is_dir():
                with tempfile.TemporaryDirectory(dir=entry) as temporary:
                    content = Path(temporary, "content")
                    content.mkdir()
                    unpack_archive(packed, content)
                    shutil.rmtree(target, ignore_errors=True)
                    os.rename(content, target)
        except (PellucidError, OSError) as error:
            raise WeightsUnavailableError(f"model {model.id}: {error}") from error
        return target


def is_package(model: models.Model) -> bool:
    """Whether its file is an archive of several."""
    return PACKAGE in model.system_tags


def _key(model: models.Model) -> str:
    """What its file is known by: the address may have other content after the model was changed."""
    return hashlib.sha256(f"{model.uri} {model.last_update}".encode()).hexdigest()
