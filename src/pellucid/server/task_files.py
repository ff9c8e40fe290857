"""Files of a task on this server's own file server, which go with the task."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from pellucid.server.context import Context
from pellucid.server.file_tree import BadPathError
from pellucid.store.records import Query, TaskRecord
from pellucid.store.task_removal import Removal
from pellucid.wire.files import FILES_PREFIX
from pellucid.wire.tasks import FileUrls

_log: Final = logging.getLogger(__name__)


def file_urls(task: TaskRecord, removal: Removal) -> FileUrls:
    """Where the files lie that belonged to what was removed."""
    artifacts = task.execution.get("artifacts") or []
    return FileUrls(
        model_urls=[model.uri for model in removal.models if model.uri],
        event_urls=removal.urls,
        artifact_urls=[
            artifact["uri"]
            for artifact in artifacts
            if artifact.get("mode", "output") == "output" and artifact.get("uri")
        ],
    )


def free_files(context: Context, task: str, urls: FileUrls) -> None:
    """Delete the files behind addresses of ours.

    Only what lies in the task's own folder, ``<project>/<name>.<task id>/`` (protocol §1.11), is taken for the task's,
    whatever addresses it has noted; and what a model or another task still has stays.
    """
    if context.files is None:
        return
    kept = _needed(context, {*urls.model_urls, *urls.artifact_urls})
    for path in _paths(task, {*urls.model_urls, *urls.event_urls, *urls.artifact_urls} - kept):
        try:
            context.files.delete(path)
        except (FileNotFoundError, BadPathError) as reason:
            _log.debug("%s of task %s is not there to be deleted: %s", path, task, reason)
        except OSError as error:
            # The task is gone already; a file that stays costs space and nothing else.
            _log.warning("cannot delete %s of task %s: %s", path, task, error)


def _needed(context: Context, urls: set[str]) -> set[str]:
    """Those of the addresses that models or artifacts of other tasks have."""
    if not urls:
        return set()
    by_models = {model.uri for model in context.store.models.find(Query(equal={"uri": sorted(urls)}, hidden=True))}
    return by_models | context.store.tasks.artifact_uris(urls - by_models)


def _paths(task: str, urls: Iterable[str]) -> Iterator[str]:
    """Where the files may lie: on the server's own port they are below a prefix, on one of their own they are not."""
    for url in urls:
        path = unquote(urlsplit(url).path).strip("/")
        if any(folder.endswith(f".{task}") for folder in path.split("/")[:-1]):
            yield path
            inner = f"/{path}".removeprefix(FILES_PREFIX).strip("/")
            if inner != path:
                yield inner
