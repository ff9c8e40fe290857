"""The part of ``OutputModel`` that deals with weights (seed, Updating Models; sdk-surface M180-M186)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from pellucid.base.errors import UsageError
from pellucid.sdk import current
from pellucid.sdk.arguments import check_count, check_flag, check_iteration, check_number, check_text
from pellucid.sdk.destinations import FILE_SERVER, check_destination, destination_of
from pellucid.sdk.models import weights as storing
from pellucid.sdk.models.base import BaseModel
from pellucid.sdk.models.book import ModelBook
from pellucid.sdk.models.design import framework_of, joined, with_suffix
from pellucid.sdk.models.fetching import PACKAGE
from pellucid.sdk.models.given_files import check_file, check_files
from pellucid.sdk.models.weights import Weights, one_file, package
from pellucid.wire import models


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """How a model gets weights.

    Attributes:
        shown: what the comment calls them, ``None`` to leave the comment alone.
        destination: address of a place for files, ``FILE_SERVER``, or ``None`` to leave the file where it is.
        entry: name of the model within its task; the file's, without suffix, by default.
        iteration: what they are the state of.
        packed: whether the file is an archive of several.
        give_away: whether the program's own is to be gone.
        waits: whether to wait until they are stored.
    """

    shown: str | None
    destination: str | None
    entry: str | None = None
    iteration: int | None = None
    packed: bool = False
    give_away: bool = False
    waits: bool = False


class WeightsMethods(BaseModel):
    """Weights of a model that a task makes."""

    _book: ModelBook
    _destination: str | None = None
    _default_destination: str | None = None

    @property
    def upload_storage_uri(self) -> str | None:
        """Where its weights are going to be stored; ``None`` if they stay where they are."""
        found = self._find_destination(None)
        return self._book.files_host if found == FILE_SERVER else found

    def set_upload_destination(self, uri: str) -> None:
        """Say where weights of this model are to be stored.

        Args:
            uri: a folder, or the address of another place for files, as for ``Task.init``.

        Raises:
            UsageError: it is something else.
        """
        self._destination = check_destination("uri", uri)

    @classmethod
    def set_default_upload_uri(cls, output_uri: str | None) -> None:
        """Say where weights of all models of this process are to be stored, unless their task or they say otherwise.

        Args:
            output_uri: a folder, or the address of another place for files; ``None`` for where they are.

        Raises:
            UsageError: it is something else.
        """
        given = None if output_uri is None else check_destination("output_uri", output_uri)
        WeightsMethods._default_destination = given

    def update_weights(
        self,
        weights_filename: str | Path | None = None,
        upload_uri: str | None = None,
        target_filename: str | None = None,
        auto_delete_file: bool = True,
        register_uri: str | None = None,
        iteration: int | None = None,
        update_comment: bool = True,
        is_package: bool = False,
        async_enable: bool = True,
    ) -> str:
        """Give the model weights, in place of those that it had (sdk-surface M186).

        A file is stored where the first of these says: ``upload_uri``, ``set_upload_destination``, the task's
        ``output_uri``, ``set_default_upload_uri``. If none does, it stays where it is and only its path is recorded.
        For a task that runs here, a snapshot is taken at once and stored in the background; otherwise, this waits.

        Args:
            weights_filename: the file.
            upload_uri: a folder, or the address of another place for files, as for ``Task.init``.
            target_filename: name to store it under; its own by default.
            auto_delete_file: the program's file is to be gone, at once: the snapshot is what is left. Without effect if
                the file stays where it is.
            register_uri: address of weights that are somewhere already, in place of a file.
            iteration: what they are the state of.
            update_comment: note the file's name in the comment.
            is_package: whether the file is an archive of several.
            async_enable: ``False`` to wait until they are stored, for as long as a slow server may need.

        Returns:
            Their address.

        Raises:
            UsageError: not one of file and address is given, the file does not exist, another argument can't be used,
                or the model is published.
            OSError: the file can't be read, or the disk is full.
            ServerError: the task does not run here, and the server is away or said no.
        """
        if (weights_filename is None) == (register_uri is None):
            raise UsageError(
                f"weights_filename is {weights_filename!r}, and register_uri is {register_uri!r}; "
                "allowed is one of the two: a local file, or the address of weights that are stored already"
            )
        shown = weights_filename if register_uri is None else register_uri
        update = Update(
            shown=str(shown) if check_flag("update_comment", update_comment) else None,
            destination=self._find_destination(_given("upload_uri", upload_uri)),
            iteration=None if iteration is None else check_iteration(iteration),
            packed=check_flag("is_package", is_package),
            give_away=check_flag("auto_delete_file", auto_delete_file),
            waits=not check_flag("async_enable", async_enable),
        )
        if register_uri is not None:
            return self._register(check_text("register_uri", register_uri), update)
        file = check_file("weights_filename", weights_filename)
        if file.is_dir():
            return self._pack([file], _archive_name(target_filename, file.resolve().name), update)
        return self._take(file, file.name if target_filename is None else _base_name(target_filename), update)

    def update_weights_package(
        self,
        weights_filenames: Sequence[str | Path] | None = None,
        weights_path: str | Path | None = None,
        upload_uri: str | None = None,
        target_filename: str | None = None,
        auto_delete_file: bool = True,
        iteration: int | None = None,
        async_enable: bool = True,
    ) -> str:
        """Give the model weights that are several files, stored as one archive.

        As there is no such archive to leave where it is, it goes to the file server unless something else is said.

        Args:
            weights_filenames: the files.
            weights_path: a folder, in place of files.
            upload_uri: as for ``update_weights``.
            target_filename: name of the archive, ``model_package.zip`` by default.
            auto_delete_file: the program's files, or its folder, are to be gone, at once.
            iteration: as for ``update_weights``.
            async_enable: as for ``update_weights``.

        Returns:
            The archive's address.

        Raises:
            UsageError: not one of files and folder is given, one does not exist, another argument can't be used, or the
                model is published.
            OSError: a file can't be read, or the disk is full.
            ServerError: as for ``update_weights``.
        """
        paths = check_files(weights_filenames, weights_path)
        update = Update(
            shown=str(weights_path or list(map(str, weights_filenames or []))),
            destination=self._find_destination(_given("upload_uri", upload_uri)),
            iteration=None if iteration is None else check_iteration(iteration),
            give_away=check_flag("auto_delete_file", auto_delete_file),
            waits=not check_flag("async_enable", async_enable),
        )
        return self._pack(paths, _archive_name(target_filename, "model_package"), update)

    @classmethod
    def wait_for_uploads(cls, timeout: float | None = None, max_num_uploads: int | None = None) -> None:
        """Wait until the weights that the current task has given away are stored.

        Args:
            timeout: seconds, at most; by default as long as a slow server may need. Without a server there is nothing
                to wait for.
            max_num_uploads: wait for so many files of those that are under way, the first of them; by default for all.

        Raises:
            UsageError: the time or the number is none.
        """
        seconds = None if timeout is None else check_number("timeout", timeout)
        count = None if max_num_uploads is None else check_count("max_num_uploads", max_num_uploads, least=0)
        running = current.get()
        if running is not None:
            storing.wait(running._models, seconds, count)

    def _find_destination(self, given: str | None) -> str | None:
        """Where a file is stored; ``None`` if it stays where it is."""
        known = (given, self._destination, destination_of(self._book.document()), self._default_destination)
        return next((one for one in known if one is not None), None)

    def _check_unpublished(self) -> None:
        if self.published:
            raise UsageError(f"model {self.id} is published, and can't be changed any more; make another OutputModel")

    def _take(self, file: Path, file_name: str, update: Update) -> str:
        """Take a file for weights; returns their address."""
        name = with_suffix(file_name, self.framework)
        self._begin(name, update, entry=Path(name).stem)
        if update.destination is None:
            return self._point(file.absolute().as_uri(), update)
        return self._store(one_file(file, name, give_away=update.give_away), update.destination, update)

    def _pack(self, paths: list[Path], name: str, update: Update) -> str:
        """Take several files for weights; returns the address of their archive."""
        update = msgspec.structs.replace(update, packed=True)
        weights = package(paths, name, give_away=update.give_away)
        self._begin(name, update, entry=Path(name).stem)
        return self._store(weights, FILE_SERVER if update.destination is None else update.destination, update)

    def _register(self, uri: str, update: Update) -> str:
        """Take what is somewhere already for weights; returns its address."""
        self._begin(uri.rpartition("/")[2], update, entry=None)
        return self._point(uri, update)

    def _begin(self, name: str, update: Update, *, entry: str | None) -> None:
        """What changes at once: the model's name within the task, and what follows from the name of a file."""
        self._check_unpublished()
        changes: dict[str, Any] = {}
        framework = framework_of(name)
        if not self.framework and framework is not None:
            changes["framework"] = framework
        line = f"snapshot {update.shown} stored"
        if update.shown is not None and line not in self.comment.split("\n"):
            changes["comment"] = joined(line, self.comment)
        if changes:
            self._edit(**changes)
        listed = update.entry or entry
        if listed is not None:
            self._book.link("output", listed, self.id, iteration=update.iteration, only=True)

    def _point(self, uri: str, update: Update) -> str:
        """Have the model be what is at an address."""
        request = self._change(update)
        request = msgspec.structs.replace(request, uri=uri)
        # Behind weights that are on their way, which would otherwise take the place of these.
        storing.after_uploads(self._book, self._record, models.EDIT, request, uri=uri, **storing.remembered(request))
        return uri

    def _store(self, weights: Weights, destination: str, update: Update) -> str:
        uri = storing.store(self._book, self._record, weights, destination, self._change(update))
        if update.waits:
            storing.wait(self._book)
        return uri

    def _change(self, update: Update) -> models.Edit:
        """What changes with the address."""
        others = [tag for tag in self.system_tags if tag != PACKAGE]
        tags = [*others, PACKAGE] if update.packed else others
        return models.Edit(model=self.id, iteration=update.iteration, system_tags=tags)


def _given(argument: str, uri: object) -> str | None:
    return None if uri is None else check_destination(argument, uri)


def _base_name(name: object) -> str:
    return os.path.basename(check_text("target_filename", name))


def _archive_name(given: object, usual: str) -> str:
    name = usual if given is None else _base_name(given)
    return name if name.endswith(".zip") else f"{name}.zip"
