"""The part of ``Task`` that has one function run as a task of its own (seed, Remote Function Execution;
sdk-surface §1.13, §4.25)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_name, check_text
from pellucid.sdk.connect import overridden
from pellucid.sdk.main_session import MainSession
from pellucid.sdk.task_remote import RemoteMethods
from pellucid.wire import tasks
from pellucid.wire.tasks import Parameter

SECTION: Final = "Function"
_MARK: Final = "__func_readonly__"
_TAG: Final = "func"
_BASIC: Final = (str, int, float, bool, list, tuple, dict, type(None))


class FunctionMethods(RemoteMethods):
    """Functions as tasks."""

    def __init__(self) -> None:
        """There are none yet."""
        super().__init__()
        self._function_names: set[str] = set()

    if TYPE_CHECKING:

        def close(self) -> None: ...
        def update_parameters(self, *args: Any, **kwargs: Any) -> None: ...

    def create_function_task(
        self,
        func: Callable[..., Any],
        func_name: str | None = None,
        task_name: str | None = None,
        **kwargs: Any,
    ) -> Self | None:
        """Make a draft like this task that runs one function only (seed, Remote Function Execution).

        An agent runs the same script up to this call, which then calls the function and ends the process.

        Args:
            func: the function.
            func_name: tells functions of this task apart; the function's own name by default.
            task_name: of the draft; by default this task's, and the function's.
            kwargs: arguments of the function. Numbers, texts, lists and dictionaries become parameters in the section
                ``Function``, where they can be changed; others are as the script makes them.

        Returns:
            The draft, to be put into a queue; ``None`` where an agent runs another function's task.

        Raises:
            UsageError: the task was not begun by this process, has no server, or has a function of that name already.
            ServerError: the server is away or said no.
        """
        if not callable(func):
            raise UsageError(f"func is {func!r}; allowed is a function")
        name = check_text("func_name", func_name if func_name is not None else getattr(func, "__name__", None))
        if not isinstance(self._session, MainSession) or self._connection is None:
            raise UsageError(f"create_function_task: task {self.id} was not begun here by Task.init with a server")
        given = self._record.document().hyperparams.get(SECTION, {})
        if self._session.remote and _MARK in given:
            return self._call(func, kwargs, given) if given[_MARK].value == name else None
        if name in self._function_names:
            raise UsageError(f"func_name is {name!r}, which this task has a function of already; give another one")
        draft = self._function_draft(f"{self.name} {name}" if task_name is None else task_name)
        self._function_names.add(name)
        basic = {key: value for key, value in kwargs.items() if isinstance(value, _BASIC)}
        draft.update_parameters({f"{SECTION}/{key}": value for key, value in {**basic, _MARK: name}.items()})
        return draft

    def _call(self, func: Callable[..., Any], kwargs: Mapping[str, Any], given: Mapping[str, Parameter]) -> None:
        """Run the function with the task's values, and end."""
        func(**overridden(dict(kwargs), given))
        self.close()
        sys.exit(0)

    def _function_draft(self, name: str) -> Self:
        draft = self._cloned_now(name=check_name("task_name", name), parent=self)
        tags = [*draft._record.document().system_tags, _TAG]
        draft._record.change(tasks.EDIT, tasks.Edit(task=draft.id, system_tags=tags))
        return draft
