"""Local copies of a model's weights (sdk-surface M188)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.errors import PellucidError, ServerError
from pellucid.sdk.fetched_files import FetchedFiles
from pellucid.sdk.file_cache import FileCache
from pellucid.wire import models

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage

PACKAGE: Final = "package"
"""System tag of models whose file is an archive of several (sdk-surface §4.19)."""


class WeightsUnavailableError(ServerError, ValueError):
    """The weights of a model can't be had; a ``ValueError`` too, as which existing scripts catch it."""


class Fetching:
    """Fetches weights of models, once for each time that they were changed."""

    def __init__(self, cache: Path, open_storage: Callable[[], Storage]) -> None:
        """Fetch into a folder.

        Args:
            cache: folder of fetched files.
            open_storage: opens the place of the weights when it is needed.
        """
        self._fetched = FetchedFiles(FileCache(cache / "files"), open_storage)

    def file(self, model: models.Model, *, again: bool) -> Path:
        """The model's file as it is stored.

        Args:
            model: the model.
            again: fetch it in any case.

        Raises:
            WeightsUnavailableError: it can't be had.
        """
        if not model.uri:
            raise WeightsUnavailableError(f"model {model.id} has no weights")
        try:
            # The address may have other content after the model was changed.
            return self._fetched.file(model.uri, version=model.last_update, again=again)
        except (PellucidError, OSError) as error:
            raise WeightsUnavailableError(f"model {model.id}: {error}") from error

    def folder(self, model: models.Model, *, again: bool) -> Path:
        """The folder of what is packed in the model's file.

        Raises:
            WeightsUnavailableError: it can't be had, or is no archive.
        """
        packed = self.file(model, again=again)
        if packed.is_dir():
            return packed
        try:
            return self._fetched.folder(packed, version=model.last_update, again=again)
        except (PellucidError, OSError) as error:
            raise WeightsUnavailableError(f"model {model.id}: {error}") from error


def is_package(model: models.Model) -> bool:
    """Whether its file is an archive of several."""
    return PACKAGE in model.system_tags
