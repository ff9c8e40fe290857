"""The part of ``Task`` that deals with what people find a task by: name, project, tags, comment, type, parent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any, Final

from pellucid.base.connection import Connection
from pellucid.base.errors import RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.client.projects import find_project
from pellucid.client.sender import Sender
from pellucid.sdk import finding
from pellucid.sdk.arguments import check_flag, check_name, check_progress, check_project, check_tags, check_task_type
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import creation_client
from pellucid.sdk.session import Session
from pellucid.sdk.task_conditions import ARCHIVED
from pellucid.wire import projects, task_contents, tasks

_CHECK_SECONDS: Final = 1.5
"""How long a run asks whether there is a project."""


class DocumentMethods:
    """Fields of the task's document. Those that are changed here can be changed in any status."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None
    _project_name: str | None

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.document().name

    @name.setter
    def name(self, value: str) -> None:
        self._edit_document(name=check_name("name", value))

    def set_name(self, name: str) -> None:
        """Give it another name, of at least three characters."""
        self.name = name

    def rename(self, new_name: str) -> bool:
        """The same as ``set_name``; returns True."""
        self._edit_document(name=check_name("new_name", new_name))
        return True

    @property
    def project(self) -> str | None:
        """Id of its project; ``None`` if no server has given one yet."""
        found = self._record.document().project
        if found is None and self._session is not None and self._project_name and self._connection is not None:
            # The run has asked for one by name, and goes on without waiting for the answer.
            return find_project(self._record.client(), self._project_name)
        return found

    def get_project_name(self) -> str | None:
        """Full name of its project."""
        if self._project_name is None and self.project is not None:
            self._project_name = finding.project_name(self._record.client(), self.project)
        return self._project_name

    def move_to_project(
        self,
        new_project_id: str | None = None,
        new_project_name: str | None = None,
        system_tags: Iterable[str] | None = None,
    ) -> bool:
        """Put it into another project.

        Args:
            new_project_id: the project's id, or else:
            new_project_name: its full name; it is created if it is missing.
            system_tags: accepted for existing scripts, without effect.

        Returns:
            True.

        Raises:
            UsageError: neither or both are given, or there is no project of that id.
            ServerError: the task does not run here, and the server is away or said no.
        """
        if (new_project_id is None) == (new_project_name is None):
            raise UsageError("new_project_id and new_project_name: exactly one of them is to be given")
        name = None if new_project_name is None else check_project("new_project_name", new_project_name)
        if new_project_id is not None:
            project = projects.GetById(project=new_project_id)
            self._check_there("new_project_id", new_project_id, lambda client: client.send(projects.GET_BY_ID, project))
        request = task_contents.Move(ids=[self._record.task_id], project=new_project_id, project_name=name)
        self._record.change(task_contents.MOVE, request, project=new_project_id)
        self._project_name = name
        return True

    def set_project(self, project_id: str | None = None, project_name: str | None = None) -> bool:
        """The same as ``move_to_project``."""
        return self.move_to_project(project_id, project_name)

    @property
    def parent(self) -> str | None:
        """Id of the task that it comes from, ``None`` for none."""
        return self._record.document().parent

    def set_parent(self, parent: Any) -> None:
        """Say which task it comes from.

        Args:
            parent: a task, or its id; ``None`` for none.

        Raises:
            UsageError: it is something else, or the task itself, or there is no such task.
        """
        task_id = "" if parent is None else getattr(parent, "task_id", parent)
        if not isinstance(task_id, str) or task_id == self._record.task_id:
            raise UsageError(f"parent is {parent!r}; allowed is another task, or its id")
        if isinstance(parent, str):
            query = tasks.GetById(task=parent)
            self._check_there("parent", parent, lambda client: client.send(tasks.GET_BY_ID, query))
        request = tasks.Edit(task=self._record.task_id, force=True, parent=task_id)
        self._record.change(tasks.EDIT, request, parent=task_id or None)

    @property
    def task_type(self) -> str:
        """What it is for."""
        return self._record.document().type

    def set_task_type(self, task_type: Any) -> None:
        """Say what it is for; one of ``Task.TaskTypes``, or its name."""
        self._edit_document(type=check_task_type(task_type))

    @property
    def comment(self) -> str:
        """A description for people."""
        return self._record.document().comment

    @comment.setter
    def comment(self, value: str) -> None:
        if not isinstance(value, str):
            raise UsageError(f"comment is {value!r}; allowed is a text")
        self._edit_document(comment=value)

    def set_comment(self, comment: str) -> None:
        """Describe it for people."""
        self.comment = comment

    @property
    def tags(self) -> list[str]:
        """Its labels."""
        return list(self._record.document().tags)

    def get_tags(self) -> list[str]:
        """The same as ``tags``."""
        return self.tags

    def set_tags(self, tags: Iterable[str]) -> None:
        """Replace its labels."""
        self._edit_document(tags=check_tags(tags))

    def add_tags(self, tags: Iterable[str] | str) -> None:
        """Add labels.

        Args:
            tags: a list, or a text with blanks between them.

        Raises:
            UsageError: it is neither.
        """
        new = _tag_list(tags)
        with self._record.lock:
            self._edit_document(tags=list(dict.fromkeys([*self.tags, *new])))

    def remove_tags(self, tags: Iterable[str] | str) -> None:
        """Remove labels; those that it has not got are passed over. Arguments and errors as for ``add_tags``."""
        gone = _tag_list(tags)
        with self._record.lock:
            self._edit_document(tags=[tag for tag in self.tags if tag not in gone])

    def get_system_tags(self) -> list[str]:
        """Labels that programs set, such as ``archived``."""
        return list(self._record.document().system_tags)

    def set_system_tags(self, tags: Iterable[str]) -> None:
        """Replace the labels that programs set."""
        self._edit_document(system_tags=check_tags(tags))

    def get_archived(self) -> bool:
        """Whether it was put away."""
        return ARCHIVED in self.get_system_tags()

    def set_archived(self, archive: bool) -> None:
        """Put it away, or bring it back."""
        check_flag("archive", archive)
        with self._record.lock:
            others = [tag for tag in self.get_system_tags() if tag != ARCHIVED]
            self._edit_document(system_tags=[*others, ARCHIVED] if archive else others)

    @property
    def data(self) -> tasks.Task:
        """The whole document as the protocol has it."""
        return self._record.document()

    def reload(self) -> None:
        """Nothing: every property is fresh."""

    @property
    def last_worker(self) -> str | None:
        """Name of what executed it last."""
        return self._record.document().last_worker

    def set_progress(self, progress: float) -> None:
        """Say how far the task is (seed, Tracking Task Progress).

        Args:
            progress: 0 to 100.

        Raises:
            UsageError: it is no number, or outside of that.
        """
        self._set_runtime(progress=str(check_progress(progress)))

    def get_progress(self) -> int | None:
        """How far the task is, 0 to 100; ``None`` if it never said."""
        progress = self._record.document().runtime.get("progress")
        return None if progress in (None, "") else round(float(str(progress)))

    def _set_runtime(self, **values: object) -> None:
        with self._record.lock:
            runtime = {**self._record.document().runtime, **values}
            request = tasks.Edit(task=self._record.task_id, force=True, runtime=runtime)
            self._record.change(tasks.EDIT, request, runtime=runtime)

    def _edit_document(self, **fields: Any) -> None:
        request = tasks.Edit(task=self._record.task_id, force=True, **fields)
        self._record.change(tasks.EDIT, request, **fields)

    def _check_there(self, argument: str, value: str, find: Callable[[Sender], object]) -> None:
        """Raise UsageError if the server does not find it. A run that has no server at hand is not kept waiting."""
        connection = self._connection
        if connection is None:
            return
        with closing(creation_client(connection, timeout=_CHECK_SECONDS)) as client:
            try:
                find(client)
            except RequestRefusedError as error:
                raise UsageError(
                    f"{argument} is {value!r}; there is none of that id on {connection.api_host}"
                ) from error
            except ServerUnavailableError:
                if self._session is None:
                    raise


def _tag_list(tags: Iterable[str] | str) -> list[str]:
    return check_tags(tags.split() if isinstance(tags, str) else tags)
