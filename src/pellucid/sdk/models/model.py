"""``Model``: any model, to be looked at and used (seed, Using Models; sdk-surface M187, M188)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Self

from pellucid.base.errors import PellucidError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk.arguments import check_count, check_flag, check_text
from pellucid.sdk.destinations import is_stored_for
from pellucid.sdk.models.base import BaseModel
from pellucid.sdk.models.fetching import is_package
from pellucid.sdk.models.owner import stored_model
from pellucid.sdk.models.places import Place, ServerPlace
from pellucid.sdk.models.querying import find_models, model_conditions
from pellucid.sdk.models.records import ModelRecord, StoredModel
from pellucid.sdk.servers import reachable_client
from pellucid.wire import models


class Model(BaseModel):
    """A model that is there."""

    def __init__(self, model_id: str) -> None:
        """Look at a model.

        Args:
            model_id: its id.

        Raises:
            UsageError: there is none of that id.
            ServerError: the server is away or refuses us.
        """
        record = stored_model(check_text("model_id", model_id))
        record.document()  # raises if there is none
        super().__init__(record)

    @classmethod
    def _of(cls, record: ModelRecord, place: Place | None = None) -> Self:
        """A model that is known to be there; nothing is asked yet."""
        model = cls.__new__(cls)
        BaseModel.__init__(model, record, place)
        return model

    def get_local_copy(
        self, extract_archive: bool | None = None, raise_on_error: bool = False, force_download: bool = False
    ) -> str | None:
        """Fetch the weights, unless they were fetched before (seed, Using Models).

        Args:
            extract_archive: for an archive, a folder with what is in it; by default, for weights that were given as
                several files.
            raise_on_error: raise if that fails.
            force_download: fetch them again in any case.

        Returns:
            Path of a local file or folder, for reading only; ``None`` if they can't be had.

        Raises:
            WeightsUnavailableError: they can't be had; this is a ``ValueError`` and a ``ServerError``.
        """
        extract = is_package(self._document) if extract_archive is None else extract_archive
        path = self._fetch(extract=extract, again=force_download, loud=raise_on_error)
        return None if path is None else str(path)

    @classmethod
    def query_models(
        cls,
        project_name: str | None = None,
        model_name: str | None = None,
        tags: Iterable[str] | None = None,
        only_published: bool = False,
        include_archived: bool = False,
        max_results: int | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> list[Self]:
        """All models that match, the newest first.

        Args:
            project_name: full name of their project.
            model_name: their name.
            tags: any of these. ``-tag`` is one that must be absent; ``__$and``, ``__$or`` and ``__$not`` combine them
                (seed, Tag Filters).
            only_published: leave out those that are not published.
            include_archived: also those that were put away.
            max_results: how many at most.
            metadata: values of metadata that they must have, by key.

        Raises:
            UsageError: there is no such project, or an argument can't be used.
            ServerError: the server is away or refuses us.
        """
        most = None if max_results is None else check_count("max_results", max_results, least=1)
        client, _ = reachable_client()
        conditions = model_conditions(
            client,
            project=project_name,
            name=model_name,
            tags=tags,
            only_published=only_published,
            include_archived=include_archived,
            metadata=metadata,
        )
        found = islice(find_models(client, conditions), most)
        return [cls._of(StoredModel(model_id, lambda: client)) for model_id in found]

    @classmethod
    def remove(
        cls,
        model: str | BaseModel,
        delete_weights_file: bool = True,
        force: bool = False,
        raise_on_errors: bool = False,
    ) -> bool:
        """Delete a model; waits for the server.

        Args:
            model: the model, or its id.
            delete_weights_file: delete its file as well, if it is on the file server and no other model's.
            force: also if tasks start from it, or it is one of a published task.
            raise_on_errors: raise if that is not possible.

        Returns:
            Whether all of it was possible.

        Raises:
            UsageError: it is neither a model nor the id of one.
            ServerError: the server is away or said no, or the file is still there.
        """
        if not isinstance(model, str | BaseModel):
            raise UsageError(f"model is {model!r}; allowed is a model, or the id of one")
        check_flag("delete_weights_file", delete_weights_file)
        model_id = model if isinstance(model, str) else model.id
        try:
            _delete(model_id, with_file=delete_weights_file, force=check_flag("force", force))
        except PellucidError as error:
            if raise_on_errors:
                raise
            trouble(f"models.delete.{model_id}", "The model, or its file, is not deleted; the program goes on.", error)
            return False
        return True


def _delete(model_id: str, *, with_file: bool, force: bool) -> None:
    model = stored_model(model_id)
    client, task = model.client(), model.document().task
    url = client.send(models.DELETE, models.Delete(model=model_id, force=force)).url or ""
    # Weights that stay where the program has written them are its own.
    if not with_file or not url or not is_stored_for(task or "", url):
        return
    others = client.send(models.GET_ALL, models.GetAll(uri=[url], only_fields=["id"])).models
    if not others:
        ServerPlace().open_storage().delete(url)
