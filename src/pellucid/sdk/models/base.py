"""What all models have in common (sdk-surface §3 BaseModel)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pellucid.base.errors import ServerError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk import current
from pellucid.sdk.arguments import check_tags, check_text
from pellucid.sdk.models.design import design_dict
from pellucid.sdk.models.fetching import Fetching, WeightsUnavailableError, is_package
from pellucid.sdk.models.metadata import MetadataMethods
from pellucid.sdk.models.places import Place, ServerPlace
from pellucid.sdk.models.records import ModelRecord, OwnModel
from pellucid.sdk.models.reports import ModelReports
from pellucid.wire import models
from pellucid.wire.many import Many

_ARCHIVED: Final = "archived"


class BaseModel(ModelReports, MetadataMethods):
    """A model.

    What a running task makes is remembered here and sent in the background. Everything else is asked of the server each
    time, so reading and changing it raises ``ServerError`` if that is away or says no.
    """

    def __init__(self, record: ModelRecord, place: Place | None = None) -> None:
        self._record = record
        self._place = place

    @property
    def id(self) -> str:
        """Identifies the model for ever."""
        return self._record.model_id

    @property
    def name(self) -> str:
        """Its name."""
        return self._document.name

    @name.setter
    def name(self, value: str) -> None:
        self._edit(name=check_text("name", value))

    @property
    def project(self) -> str | None:
        """Id of its project; ``None`` if no server has given one yet."""
        return self._document.project

    @project.setter
    def project(self, value: str) -> None:
        self._edit(project=check_text("project", value))

    @property
    def comment(self) -> str:
        """A description for people."""
        return self._document.comment

    @comment.setter
    def comment(self, value: str) -> None:
        if not isinstance(value, str):
            raise UsageError(f"comment is {value!r}; allowed is a text")
        self._edit(comment=value)

    @property
    def tags(self) -> list[str]:
        """Its labels."""
        return list(self._document.tags)

    @tags.setter
    def tags(self, value: Iterable[str]) -> None:
        self._edit(tags=check_tags(value))

    @property
    def system_tags(self) -> list[str]:
        """Labels with a meaning, such as ``archived`` or ``package``."""
        return list(self._document.system_tags)

    @system_tags.setter
    def system_tags(self, value: Iterable[str]) -> None:
        self._edit(system_tags=check_tags(value))

    @property
    def config_text(self) -> str:
        """Its design, as a text."""
        return str(self._document.design.get("design") or "")

    @property
    def config_dict(self) -> dict[str, Any]:
        """Its design, as a dictionary.

        Raises:
            UsageError: it is none.
        """
        return design_dict(self.config_text)

    @property
    def labels(self) -> dict[str, int]:
        """Names of classes to their numbers."""
        return dict(self._document.labels)

    @property
    def task(self) -> str | None:
        """Id of the task that made it."""
        return self._document.task

    @property
    def original_task(self) -> str | None:
        """The same as ``task``."""
        return self.task

    @property
    def url(self) -> str:
        """Address of its weights; empty before there are any."""
        return self._document.uri

    @property
    def published(self) -> bool:
        """Whether it is published, and can't be changed any more."""
        return self._document.ready

    @property
    def framework(self) -> str:
        """What its weights are for, such as ``PyTorch``."""
        return self._document.framework

    @property
    def last_iteration(self) -> int:
        """The iteration that its weights are of, as far as that was said, or the greatest that was reported on it."""
        return self._document.last_iteration

    def publish(self) -> None:
        """Let nobody change it any more. Weights that are on their way are stored before."""
        self._record.change(models.SET_READY, models.SetReady(model=self.id, publish_task=False), ready=True)

    def archive(self) -> None:
        """Put it away."""
        tags = list(dict.fromkeys([*self.system_tags, _ARCHIVED]))
        self._record.change(models.ARCHIVE_MANY, Many(ids=[self.id]), system_tags=tags)

    def unarchive(self) -> None:
        """Bring it back."""
        tags = [tag for tag in self.system_tags if tag != _ARCHIVED]
        self._record.change(models.UNARCHIVE_MANY, Many(ids=[self.id]), system_tags=tags)

    def get_weights(
        self, raise_on_error: bool = False, force_download: bool = False, extract_archive: bool = False
    ) -> str | None:
        """Fetch the weights, unless they were fetched before.

        Args:
            raise_on_error: raise if that fails.
            force_download: fetch them again in any case.
            extract_archive: for an archive, a folder with what is in it.

        Returns:
            Path of a local file, or of that folder, for reading only; ``None`` if it can't be had.

        Raises:
            WeightsUnavailableError: it can't be had; this is a ``ValueError`` and a ``ServerError``.
        """
        path = self._fetch(extract=extract_archive, again=force_download, loud=raise_on_error)
        return None if path is None else str(path)

    def get_weights_package(
        self,
        return_path: bool = False,
        raise_on_error: bool = False,
        force_download: bool = False,
        extract_archive: bool = True,
    ) -> str | list[Path] | None:
        """Fetch weights that are several files.

        Args:
            return_path: give the folder that they are in, in place of a list of what is in it.
            raise_on_error: as for ``get_weights``.
            force_download: as for ``get_weights``.
            extract_archive: otherwise, give the archive.

        Returns:
            Paths, for reading only; ``None`` if they can't be had. Weights of a single file are that one.

        Raises:
            WeightsUnavailableError: as for ``get_weights``.
        """
        extract = extract_archive and is_package(self._document)
        path = self._fetch(extract=extract, again=force_download, loud=raise_on_error)
        if path is None:
            return None
        if return_path:
            return str(path)
        return sorted(path.iterdir()) if path.is_dir() else [path]

    @property
    def _document(self) -> models.Model:
        return self._record.document()

    def _edit(self, **fields: Any) -> None:
        self._record.change(models.EDIT, models.Edit(model=self.id, **fields), **fields)

    def _fetch(self, *, extract: bool, again: bool, loud: bool) -> Path | None:
        document = self._document
        place = self._place or _place()
        try:
            if isinstance(self._record, OwnModel):
                self._record.wait_for_uploads()
            fetching = Fetching(place.cache, place.open_storage)
            path = (fetching.folder if extract else fetching.file)(document, again=again)
        except ServerError as error:
            if loud:
                raise WeightsUnavailableError(str(error)) from error
            trouble(f"models.fetch.{document.uri}", f"The weights of model {document.name!r} can't be had.", error)
            return None
        # So that a task that loads this copy knows what it is.
        place.known_files.remember(path, self.id)
        return path

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id!r})"


def _place() -> Place:
    """Where files of models are, for one that belongs to no task of this process."""
    running = current.get()
    return ServerPlace() if running is None else running._models
