"""The part of ``Task`` that deals with what the task is: its name, project, status, tags, progress."""

from __future__ import annotations

from collections.abc import Iterable

from pellucid.base.errors import UsageError
from pellucid.sdk import finding
from pellucid.sdk.arguments import check_name, check_progress, check_tags
from pellucid.sdk.record import TaskRecord
from pellucid.wire import tasks


class DocumentMethods:
    """Fields of the task's document."""

    _record: TaskRecord
    _project_name: str | None

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.document().name

    @name.setter
    def name(self, value: str) -> None:
        name = check_name("name", value)
        self._record.change(tasks.EDIT, tasks.Edit(task=self._record.task_id, force=True, name=name), name=name)

    @property
    def project(self) -> str | None:
        """Id of its project; ``None`` if no server has given one yet."""
        return self._record.document().project

    def get_project_name(self) -> str | None:
        """Full name of its project."""
        if self._project_name is None and self.project is not None:
            self._project_name = finding.project_name(self._record.client(), self.project)
        return self._project_name

    @property
    def task_type(self) -> str:
        """What it is for."""
        return self._record.document().type

    @property
    def status(self) -> str:
        """Where it is in its life: ``in_progress``, ``completed``, ``failed`` …"""
        return str(self._record.document().status)

    def get_status(self) -> str:
        """The same as ``status``."""
        return self.status

    @property
    def comment(self) -> str:
        """A description for people."""
        return self._record.document().comment

    @comment.setter
    def comment(self, value: str) -> None:
        if not isinstance(value, str):
            raise UsageError(f"comment is {value!r}; allowed is a text")
        request = tasks.Edit(task=self._record.task_id, force=True, comment=value)
        self._record.change(tasks.EDIT, request, comment=value)

    @property
    def tags(self) -> list[str]:
        """Its labels."""
        return list(self._record.document().tags)

    def get_tags(self) -> list[str]:
        """The same as ``tags``."""
        return self.tags

    def add_tags(self, tags: Iterable[str] | str) -> None:
        """Add labels.

        Args:
            tags: a list, or a text with blanks between them.

        Raises:
            UsageError: it is neither.
        """
        new = check_tags(tags.split() if isinstance(tags, str) else tags)
        with self._record.lock:
            after = list(dict.fromkeys([*self.tags, *new]))
            self._record.change(tasks.EDIT, tasks.Edit(task=self._record.task_id, force=True, tags=after), tags=after)

    @property
    def data(self) -> tasks.Task:
        """The whole document as the protocol has it."""
        return self._record.document()

    def reload(self) -> None:
        """Nothing: every property is fresh."""

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
