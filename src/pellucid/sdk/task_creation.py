"""The part of ``Task`` that makes tasks without running anything (seed, Empty Task Creation; sdk-surface §1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.ids import new_id
from pellucid.client.projects import ensure_project
from pellucid.sdk import current, parameters
from pellucid.sdk.arguments import check_flag, check_name, check_project, check_task_type, check_text
from pellucid.sdk.containers import container_of, joined
from pellucid.sdk.creation import DEVELOPMENT
from pellucid.sdk.record import StoredTask
from pellucid.sdk.servers import current_settings, reachable_client
from pellucid.wire import task_life, tasks
from pellucid.wire.enums import TaskType

if TYPE_CHECKING:
    from pellucid.client.session import Client
    from pellucid.sdk.draft_script import DraftScript


class CreationMethods:
    """Drafts."""

    if TYPE_CHECKING:

        @classmethod
        def _stored(cls, task_id: str, client: Client, connection: Connection) -> Self: ...

    @classmethod
    def create(
        cls,
        project_name: str | None = None,
        task_name: str | None = None,
        task_type: TaskType | str | None = None,
        repo: str | None = None,
        branch: str | None = None,
        commit: str | None = None,
        script: str | Path | None = None,
        working_directory: str | None = None,
        packages: bool | Sequence[str] | None = None,
        requirements_file: str | Path | None = None,
        docker: str | None = None,
        docker_args: str | Sequence[str] | None = None,
        docker_bash_setup_script: str | Sequence[str] | None = None,
        argparse_args: Iterable[tuple[str, Any]] | Mapping[str, Any] | None = None,
        base_task_id: str | None = None,
        add_task_init_call: bool = True,
        force_single_script_file: bool = False,
        binary: str | None = None,
        module: str | None = None,
        detect_repository: bool = True,
    ) -> Self:
        """Make a draft, to be put into a queue (seed, Empty Task Creation). Nothing is executed, and the draft does not
        become the current task.

        Args:
            project_name: its project, created if it is missing; by default that of the current task, or of the base.
            task_name: at least three characters; by default the script's name.
            task_type: what it is for; training by default.
            repo: address of the git repository that an agent is to clone; or a folder in one, for its remote.
            branch: of the repository; its default branch by default.
            commit: of the repository; the branch's latest by default.
            script: what to execute, relative to the working directory. Without ``repo``, a file on this machine: its
                repository, commit and changes are found out, or its text is kept if it is in none.
            working_directory: in the repository, whose root it is by default.
            packages: lines for pip; ``True`` for what the script imports, ``False`` for none. By default what a script
                on this machine imports, else what the repository's own requirements file says.
            requirements_file: path of a file that names the packages.
            docker: image of the container to run in, perhaps with arguments behind it.
            docker_args: arguments for ``docker run``.
            docker_bash_setup_script: what to run in the container first.
            argparse_args: names and values of command-line arguments, which go to the section ``Args``.
            base_task_id: a task to begin with a copy of.
            add_task_init_call: whether a script on this machine that does not call ``Task.init`` is made to.
            force_single_script_file: take the script by itself, even if it is in a repository.
            binary: the interpreter, such as ``python3.11``; the present one by default, and any for a repository.
            module: to execute with ``python -m``, perhaps with arguments behind it, in place of a script.
            detect_repository: whether to find out the repository of a file on this machine.

        Raises:
            UsageError: an argument can't be used, or offline mode is on; nothing is created.
            ServerError: there is no server, it is away, or it refuses.
        """
        settings = current_settings()
        if settings.offline:
            raise UsageError("Task.create: offline mode is on, and a draft needs a server; see Task.set_offline")
        what = _checked_script(
            repo=_optional("repo", repo),
            branch=_optional("branch", branch),
            commit=_optional("commit", commit),
            script=_optional("script", str(script) if isinstance(script, Path) else script),
            module=_optional("module", module),
            working_directory=_optional("working_directory", working_directory),
            packages=packages,
            requirements_file=requirements_file,
            add_init_call=check_flag("add_task_init_call", add_task_init_call),
            single_file=check_flag("force_single_script_file", force_single_script_file),
            detect_repository=check_flag("detect_repository", detect_repository),
            binary=_optional("binary", binary),
        )
        draft = _Draft(
            name=None if task_name is None else check_name("task_name", task_name),
            type=None if task_type is None else check_task_type(task_type),
            project=_project(project_name, needed=base_task_id is None),
            script=what.to_document(),
            container=container_of(
                settings.docker_image if docker is None else check_text("docker", docker),
                joined("docker_args", docker_args, " "),
                joined("docker_bash_setup_script", docker_bash_setup_script, "\n")
                or settings.docker_setup_script
                or "",
            ),
            arguments=_arguments(argparse_args),
        )
        client, connection = reachable_client()
        if base_task_id is None:
            task_id = _create(client, draft)
        else:
            task_id = _copy(client, _base(client, check_text("base_task_id", base_task_id)), draft)
        return cls._stored(task_id, client, connection)


class _Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made; empty where the base's is to be taken."""

    name: str | None
    type: TaskType | None
    project: str | None
    script: dict[str, Any]
    container: dict[str, str]
    arguments: list[tasks.Parameter]


def _checked_script(
    *, packages: bool | Sequence[str] | None, requirements_file: str | Path | None, **given: Any
) -> DraftScript:
    # Only drafts need it, and it takes long to import.
    from pellucid.sdk.draft_script import DraftScript
    from pellucid.sdk.requirements import from_list

    if given["script"] is not None and given["module"] is not None:
        raise UsageError(f"script is {given['script']!r} and module {given['module']!r}; only one of them can be given")
    for name in ("branch", "commit"):
        if given[name] is not None and given["repo"] is None:
            raise UsageError(f"{name} is {given[name]!r}, but no repo is given")
    if given["repo"] is not None and given["script"] is None and given["module"] is None:
        raise UsageError("script is None; give the file of the repository that is to be executed, or a module")
    if packages is not None and not isinstance(packages, bool):
        if isinstance(packages, str) or not isinstance(packages, Iterable):
            raise UsageError(f"packages is {packages!r}; allowed is True, False, or a list such as ['torch>=2.1']")
        packages = list(packages)
        from_list(packages, "packages")
    file = None if requirements_file is None else Path(requirements_file).expanduser()
    if file is not None and packages not in (None, True):
        raise UsageError("packages and requirements_file are both given; only one of them can be")
    if file is not None and not file.is_file():
        raise UsageError(f"requirements_file is {str(requirements_file)!r}; there is no such file")
    return DraftScript(packages=packages, requirements_file=file, **given)


def _optional(argument: str, value: str | None) -> str | None:
    return None if value is None else check_text(argument, value)


def _arguments(given: Iterable[tuple[str, Any]] | Mapping[str, Any] | None) -> list[tasks.Parameter]:
    pairs: list[Any] = list(given.items()) if isinstance(given, Mapping) else _listed(given)
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise UsageError(f"argparse_args is {given!r}; allowed are pairs such as [('lr', 0.1)]")
    return [parameters.encode(f"Args/{check_text('a name in argparse_args', name)}", value) for name, value in pairs]


def _listed(given: Any) -> list[Any]:
    """All that something iterates over; else what it is."""
    return [] if given is None else list(given) if isinstance(given, Iterable) else [given]


def _project(given: str | None, *, needed: bool) -> str | None:
    if given is not None:
        return check_project("project_name", given)
    running = current.get()
    if running is not None:
        return running.get_project_name()
    if needed:
        raise UsageError("project_name is None, and no task is running whose project could be taken")
    return None


def _name_of(document: Mapping[str, Any]) -> str:
    """A name for a task that nobody has named: that of what it executes."""
    entry_point = str(document.get("entry_point") or "")
    what = entry_point.removeprefix("-m ").split(" ")[0] if entry_point.startswith("-m ") else Path(entry_point).stem
    return what if len(what) >= 3 else f"Untitled {what}".strip()


def _base(client: Client, task_id: str) -> tasks.Task:
    try:
        return StoredTask(task_id, lambda: client).document()
    except UsageError as error:
        raise UsageError(f"base_task_id is {task_id!r}; there is no such task on {client.host}") from error


def _create(client: Client, draft: _Draft) -> str:
    request = tasks.Create(
        id=new_id(),
        name=draft.name or _name_of(draft.script),
        type=draft.type or TaskType.training,
        project=ensure_project(client, draft.project or ""),
        system_tags=[DEVELOPMENT],
        script=draft.script or None,
        container=draft.container or None,
        hyperparams=parameters.merged({}, draft.arguments),
    )
    return client.send(tasks.CREATE, request).id


def _copy(client: Client, base: tasks.Task, draft: _Draft) -> str:
    """A copy of a task, with some of it replaced."""
    request = task_life.Clone(
        task=base.id,
        new_task_name=draft.name or f"Clone Of {base.name}",
        new_task_parent=base.id,
        new_task_project=None if draft.project is None else ensure_project(client, draft.project),
        new_task_hyperparams=parameters.merged(base.hyperparams, draft.arguments),
        new_task_container=draft.container or None,
    )
    task_id = client.send(task_life.CLONE, request).id
    if draft.script or draft.type is not None:
        client.send(tasks.EDIT, tasks.Edit(task=task_id, force=True, type=draft.type, script=draft.script or None))
    return task_id
