"""``InputModel``: a model that a task starts from (sdk-surface §3 InputModel)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import msgspec

from pellucid.base.errors import UsageError
from pellucid.sdk import current
from pellucid.sdk.arguments import check_flag, check_tags, check_text
from pellucid.sdk.models.base import BaseModel
from pellucid.sdk.models.design import check_labels, design_text, framework_of
from pellucid.sdk.models.fetching import PACKAGE
from pellucid.sdk.models.model import Model
from pellucid.sdk.models.owner import owner_or_current, stored_model
from pellucid.sdk.models.querying import find_models, model_conditions
from pellucid.sdk.models.records import ModelRecord, StoredModel
from pellucid.sdk.servers import reachable_client
from pellucid.wire import models


class InputModel(Model):
    """A model that a task starts from."""

    def __init__(
        self,
        model_id: str | None = None,
        name: str | None = None,
        project: str | None = None,
        tags: Iterable[str] | None = None,
        only_published: bool = False,
    ) -> None:
        """Look at a model, by its id, else the newest that matches.

        Args:
            model_id: its id.
            name: its name.
            project: full name of its project.
            tags: any of its labels.
            only_published: only if it is published.

        Raises:
            UsageError: there is none.
            ServerError: the server is away or refuses us.
        """
        if model_id is not None:
            record = stored_model(check_text("model_id", model_id))
            record.document()  # raises if there is none
        else:
            record = _newest(name, project, tags, only_published=only_published)
        BaseModel.__init__(self, record)

    @classmethod
    def import_model(
        cls,
        weights_url: str,
        config_text: str | None = None,
        config_dict: Mapping[str, Any] | None = None,
        label_enumeration: Mapping[str, int] | None = None,
        name: str | None = None,
        project: str | None = None,
        tags: Iterable[str] | None = None,
        comment: str | None = None,
        is_package: bool = False,
        create_as_published: bool = False,
        framework: str | None = None,
    ) -> Self:
        """Make a model of weights that are somewhere already; if there is one of that address, it is that.

        Waits for the server to say so, unless a task runs here that has none.

        Args:
            weights_url: their address.
            config_text: its design, as a text.
            config_dict: its design, as a dictionary.
            label_enumeration: names of classes to their numbers.
            name: its name; by default it says which task has imported it, or is the file's.
            project: full name of its project; by default that of the current task.
            tags: labels.
            comment: a description for people.
            is_package: whether the weights are an archive of several files.
            create_as_published: publish it.
            framework: what the weights are for; by default what the file's name tells.

        Raises:
            UsageError: an argument can't be used, or there is no such project; nothing is made.
            ServerError: the server is away or said no.
        """
        url = check_text("weights_url", weights_url)
        file_name = _file_name(url)
        design = design_text(config_text, config_dict)
        owner = current.get()
        lines = [] if owner is None else [f"Imported by task id: {owner._models.document().id}"]
        if comment is not None:
            lines.append(check_text("comment", comment))
        usual = file_name or url if owner is None else f"Imported by {owner._models.document().name}"
        request = models.Create(
            name=usual if name is None else check_text("name", name),
            uri=url,
            comment="\n".join(lines),
            tags=check_tags(tags),
            framework=(framework_of(file_name) or "") if framework is None else check_text("framework", framework),
            design={} if design is None else {"design": design},
            labels=check_labels("label_enumeration", label_enumeration) or {},
            system_tags=[PACKAGE] if check_flag("is_package", is_package) else [],
            ready=check_flag("create_as_published", create_as_published),
        )
        wanted = None if project is None else check_text("project", project)
        return cls._of(found_or_made(request, project=wanted))

    @classmethod
    def load_model(cls, weights_url: str, load_archived: bool = False) -> Self | None:
        """The model of weights at an address, the newest if there are several; ``None`` if there is none.

        Args:
            weights_url: the address.
            load_archived: whether one counts that was put away.

        Raises:
            UsageError: an argument is of another kind.
            ServerError: the server is away or refuses us.
        """
        url, archived = check_text("weights_url", weights_url), check_flag("load_archived", load_archived)
        client, _ = reachable_client()
        conditions = model_conditions(client, include_archived=archived)
        found = next(find_models(client, {**conditions, "uri": [url]}), None)
        return None if found is None else cls._of(StoredModel(found, lambda: client))

    @classmethod
    def empty(
        cls,
        config_text: str | None = None,
        config_dict: Mapping[str, Any] | None = None,
        label_enumeration: Mapping[str, int] | None = None,
    ) -> Self:
        """Make a model that is a design only, without weights.

        Args:
            config_text: its design, as a text.
            config_dict: its design, as a dictionary.
            label_enumeration: names of classes to their numbers.

        Raises:
            UsageError: an argument is of another kind.
            ServerError: no task runs here, and the server is away or said no.
        """
        owner = current.get()
        request = models.Create(
            name="Empty model" if owner is None else f"Empty model of {owner._models.document().name}",
            uri="",
            design={"design": design_text(config_text, config_dict) or ""},
            labels=check_labels("label_enumeration", label_enumeration) or {},
            ready=False,
        )
        return cls._of(_made(request))

    def connect(self, task: Any, name: str | None = None, ignore_remote_overrides: bool = False) -> None:
        """Make it an input model of a task.

        In a run that an agent started, the model that the task has under this name takes the place of this one.

        Args:
            task: the task.
            name: what it is called there; its own name by default.
            ignore_remote_overrides: keep this one also under an agent.

        Raises:
            UsageError: it is no task.
            ServerError: the server is away or said no.
        """
        book = owner_or_current(task)._models
        entry = self.name if name is None else check_text("name", name)
        if book.takes_remote_values and not check_flag("ignore_remote_overrides", ignore_remote_overrides):
            entries = book.entries("input")
            override = dict(entries).get(entry)
            if override is None and name is None and entries:
                override = entries[0][1]  # the program does not say which one it means
            if override is not None:
                self._record = book.record(override)
                return
        book.link("input", entry, self.id)
        book.adopt(self._document)


def found_or_made(request: models.Create, *, project: str | None = None) -> ModelRecord:
    """The newest model of an address, or a new one; without a server, a new one.

    Args:
        request: the new one.
        project: full name of its project, made if it is missing; by default that of the current task.
    """
    running = current.get()
    if running is not None and running._connection is None:
        return running._models.create(request)
    client, _ = reachable_client()
    found = next(find_models(client, {**model_conditions(client), "uri": [request.uri]}), None)
    return _made(request, project) if found is None else stored_model(found)


def _file_name(url: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError as error:
        raise UsageError(f"weights_url is {url!r}; allowed is an address: {error}") from error


def _made(request: models.Create, project: str | None = None) -> ModelRecord:
    running = current.get()
    if project is not None:
        from pellucid.client.projects import ensure_project  # the HTTP library takes long to import

        request = msgspec.structs.replace(request, project=ensure_project(reachable_client()[0], project))
    elif running is not None:
        request = msgspec.structs.replace(request, project=running._models.document().project)
    if running is not None:
        return running._models.create(request)
    client, _ = reachable_client()
    return StoredModel(client.send(models.CREATE, request).id, lambda: client)


def _newest(name: object, project: object, tags: object, *, only_published: bool) -> ModelRecord:
    if name is None and project is None and tags is None:
        raise UsageError("model_id is None; give the id of a model, or its name, project or tags")
    client, _ = reachable_client()
    conditions = model_conditions(client, project=project, name=name, tags=tags, only_published=only_published)
    found = next(find_models(client, conditions), None)
    if found is None:
        raise UsageError(
            f"name is {name!r}, project {project!r}, tags {tags!r}, only_published {only_published!r}: "
            f"there is no such model on {client.host}"
        )
    return StoredModel(found, lambda: client)
