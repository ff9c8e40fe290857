"""The part of ``Task`` that deals with what is executed: script, packages, container (sdk-surface M115, §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_flag, check_text
from pellucid.sdk.containers import container_of, joined
from pellucid.sdk.live import READ_BACK_SECONDS
from pellucid.sdk.record import TaskRecord, editable
from pellucid.sdk.wishes import wishes
from pellucid.wire import tasks

_SCRIPT_KEYS: Final = ("working_dir", "entry_point", "branch", "repository", "version_num", "diff", "binary")


class ScriptMethods:
    """What a task executes. Changes raise ``UsageError`` for a task that is over, and are passed over in a run that an
    agent started: it executes what the task said before."""

    _record: TaskRecord
    _takes_remote_values: bool

    if TYPE_CHECKING:

        def _await_detection(self, seconds: float) -> None: ...

    def get_script(self) -> dict[str, str | None]:
        """Repository, branch, commit (``version_num``), changes (``diff``), ``working_dir``, ``entry_point`` and
        interpreter (``binary``); ``None`` for what is not known."""
        self._await_detection(READ_BACK_SECONDS)
        script = self._record.document().script
        return {key: script.get(key) for key in _SCRIPT_KEYS}

    def set_script(
        self,
        repository: str | None = None,
        branch: str | None = None,
        commit: str | None = None,
        diff: str | None = None,
        working_dir: str | None = None,
        entry_point: str | None = None,
        binary: str | None = None,
    ) -> None:
        """Change what is executed; ``None`` leaves as is, an empty text clears.

        Args:
            repository: address of the repository.
            branch: in it.
            commit: in it.
            diff: what to change there; without a repository, the script's text.
            working_dir: folder in the repository.
            entry_point: file in that folder, or ``-m module``, with arguments.
            binary: the interpreter, such as ``python3.11``.

        Raises:
            UsageError: one is no text, or the task is over.
        """
        given = {
            "repository": repository,
            "branch": branch,
            "version_num": commit,
            "diff": diff,
            "working_dir": working_dir,
            "entry_point": entry_point,
            "binary": binary,
        }
        for name, value in given.items():
            if value is not None and not isinstance(value, str):
                raise UsageError(f"{name} is {value!r}; allowed is a text")
        self._edit_script({name: value for name, value in given.items() if value is not None})

    def set_repo(self, repo: str | None = None, branch: str | None = None, commit: str | None = None) -> None:
        """Change the repository (seed, Cloning Tasks).

        Args:
            repo: its address.
            branch: whose latest commit is executed, unless one is given.
            commit: the one to execute.
        """
        version = "" if branch is not None and commit is None else commit
        self.set_script(repository=repo, branch=branch, commit=version)

    def get_requirements(self) -> dict[str, Any]:
        """The packages that the task needs, as text by the name of their installer, such as ``pip``."""
        self._await_detection(READ_BACK_SECONDS)
        return dict(self._record.document().script.get("requirements") or {})

    def set_packages(self, packages: str | Path | Sequence[str] | None) -> None:
        """Replace the packages that the task needs.

        Args:
            packages: lines for pip, or the path of a requirements file; nothing, or an empty text, for none.

        Raises:
            UsageError: there is no such file, a line can't be one, or the task is over.
        """
        # Only needed here, and its look at what is installed takes long to import.
        from pellucid.sdk.draft_script import read_requirements
        from pellucid.sdk.requirements import from_list

        if isinstance(packages, str | Path) and str(packages):
            text = read_requirements(Path(packages).expanduser(), "packages")
        elif packages is None or isinstance(packages, Iterable):
            text = from_list(packages or [], "packages")
        else:
            raise UsageError(f"packages is {packages!r}; allowed is a list of packages, or the path of a file")
        if not self._takes_remote_values:
            self._set_requirements(text)

    def get_base_docker(self) -> str:
        """The container's image and its arguments, as ``docker run`` takes them; empty if the task needs none."""
        container = self._record.document().container
        return " ".join(part for part in (container.get("image"), container.get("arguments")) if part)

    def set_base_docker(
        self,
        docker_cmd: str | None = None,
        docker_image: str | None = None,
        docker_arguments: str | Sequence[str] | None = None,
        docker_setup_bash_script: str | Sequence[str] | None = None,
    ) -> None:
        """Replace the container that the task runs in.

        Args:
            docker_cmd: image, and arguments behind it; an empty text for no container.
            docker_image: the image, in place of ``docker_cmd``.
            docker_arguments: for ``docker run``, as a text or a list.
            docker_setup_bash_script: what to run in it first, as a text or a list of lines.

        Raises:
            UsageError: an argument can't be used, or the task is over.
        """
        for name, value in (("docker_cmd", docker_cmd), ("docker_image", docker_image)):
            if value is not None and not isinstance(value, str):
                raise UsageError(f"{name} is {value!r}; allowed is a text such as 'python:3.12'")
        if docker_cmd and docker_image:
            raise UsageError(f"docker_cmd is {docker_cmd!r} and docker_image {docker_image!r}; only one can be given")
        container = container_of(
            docker_image or docker_cmd,
            joined("docker_arguments", docker_arguments, " "),
            joined("docker_setup_bash_script", docker_setup_bash_script, "\n"),
        )
        if self._takes_remote_values:
            return
        with self._record.lock:
            editable(self._record, "the container")
            request = tasks.Edit(task=self._record.task_id, force=True, container=container)
            self._record.change(tasks.EDIT, request, container=container)

    @classmethod
    def add_requirements(cls, package_name: str | Path, package_version: str | None = None) -> None:
        """Name a package among those that the next task needs, whether it is imported or not.

        Args:
            package_name: the package, or the path of a requirements file, whose packages are all named.
            package_version: a version, or a comparison such as ``>=2.1``; by default the one that is installed here,
                and any for an empty text.

        Raises:
            UsageError: the name or the version is no text, or the file can't be read.
        """
        from pellucid.sdk.requirements import packages_of_file, wished_version  # late, as in set_packages

        name = check_text("package_name", str(package_name))
        if package_version is not None and not isinstance(package_version, str):
            raise UsageError(f"package_version is {package_version!r}; allowed is a text such as '2.1' or '>=2.1'")
        if Path(name).is_file():
            wishes.added.update(packages_of_file(Path(name)))
        elif "/" in name or name.endswith(".txt"):
            raise UsageError(f"package_name is {name!r}; there is no such file")
        else:
            wishes.added[name] = wished_version(name, package_version)

    @classmethod
    def ignore_requirements(cls, package_name: str) -> None:
        """Leave a package out of those that the next task needs."""
        from pellucid.sdk.requirements import normal_name  # late, as in set_packages

        wishes.ignored.add(normal_name(check_text("package_name", package_name)))

    @classmethod
    def force_requirements_env_freeze(cls, force: bool = True, requirements_file: str | Path | None = None) -> None:
        """Name everything that is installed here among the packages that the next task needs.

        Args:
            force: whether to.
            requirements_file: name what this file does in place of it.

        Raises:
            UsageError: there is no such file.
        """
        file = None if requirements_file is None else Path(requirements_file).expanduser().absolute()
        if file is not None and not file.is_file():
            raise UsageError(f"requirements_file is {str(requirements_file)!r}; there is no such file")
        wishes.freeze = check_flag("force", force)
        wishes.file = str(file) if force and file is not None else None

    @classmethod
    def force_store_standalone_script(cls, force: bool = True) -> None:
        """Keep the text of the next task's script, even if it is in a repository."""
        wishes.standalone = check_flag("force", force)

    def _set_requirements(self, text: str) -> None:
        with self._record.lock:
            script = editable(self._record, "packages").script
            request = tasks.SetRequirements(task=self._record.task_id, requirements={"pip": text})
            after = {**script, "requirements": request.requirements}
            self._record.change(tasks.SET_REQUIREMENTS, request, script=after)

    def _edit_script(self, changes: dict[str, str]) -> None:
        if self._takes_remote_values or not changes:
            return
        with self._record.lock:
            script = editable(self._record, "the script").script
            request = tasks.Edit(task=self._record.task_id, force=True, script=changes)
            self._record.change(tasks.EDIT, request, script={**script, **changes})
