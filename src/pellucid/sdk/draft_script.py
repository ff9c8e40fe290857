"""The script section of a task that is made without running it (sdk-surface M71, M72, §4.26; protocol §4.3)."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from pellucid.base.errors import UsageError
from pellucid.sdk.init_call import with_init_call
from pellucid.sdk.repository import Repository, find_repository, without_credentials
from pellucid.sdk.requirements import describe_requirements, from_list
from pellucid.sdk.wishes import wishes


class DraftScript(msgspec.Struct, frozen=True, kw_only=True):
    """What ``Task.create`` was told about what to run, checked.

    Attributes:
        repo: address of a repository, or a folder in one.
        branch: of the repository.
        commit: of the repository.
        script: a file: relative to the working folder in the repository if there is one, else on this machine.
        module: to run with ``-m``, perhaps with arguments behind it.
        working_directory: in the repository.
        packages: lines for pip; ``True`` for those that the script imports, ``None`` to decide by what there is.
        requirements_file: that names the packages.
        add_init_call: whether a script that does not call ``Task.init`` is made to.
        single_file: whether to take the file alone, even out of a repository.
        detect_repository: whether to look for the repository of a file on this machine.
        binary: the interpreter; by default the present one for what is on this machine, else any.
    """

    repo: str | None = None
    branch: str | None = None
    commit: str | None = None
    script: str | None = None
    module: str | None = None
    working_directory: str | None = None
    packages: list[str] | bool | None = None
    requirements_file: Path | None = None
    add_init_call: bool = True
    single_file: bool = False
    detect_repository: bool = True
    binary: str | None = None

    def to_document(self) -> dict[str, Any]:
        """As the protocol keeps it; only what is known, if nothing is said of what to run.

        Raises:
            UsageError: a file is not there.
        """
        if self.repo is None and self.script is None and self.module is None:
            return self._changes()
        document = {"repository": "", "branch": "", "version_num": "", "diff": ""}
        if self.repo is not None:
            return document | self._remote() | self._changes()
        # What is on this machine runs with the interpreter of this machine; of another repository nothing is known.
        binary = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return document | {"binary": binary} | self._local() | self._changes()

    def _changes(self) -> dict[str, Any]:
        """What is said of any script."""
        said = {} if self.binary is None else {"binary": self.binary}
        requirements = self._requirements()
        return said if requirements is None else {**said, "requirements": {"pip": requirements}}

    def _remote(self) -> dict[str, str]:
        """In a repository that an agent is to clone; nothing of it is looked at."""
        assert self.repo is not None
        folder = Path(self.repo).expanduser()
        found = find_repository(folder) if folder.is_dir() else None
        known = {} if found is None else {"branch": found.branch, "version_num": found.commit}
        said = {"branch": self.branch, "version_num": self.commit}
        if any(said.values()):
            known = {}
        return {
            "repository": without_credentials(self.repo) if found is None else found.url,
            **known,
            **{key: value for key, value in said.items() if value},
            "working_dir": self.working_directory or ".",
            "entry_point": self._module() or self.script or "",
        }

    def _local(self) -> dict[str, str]:
        if self.script is None:
            return self._local_module()
        file = self._file()
        repository = find_repository(file.parent) if self._wants_repository() else None
        if repository is None:
            return {"working_dir": ".", "entry_point": file.name, "diff": self._text(file)}
        return self._checked_out(repository, file)

    def _local_module(self) -> dict[str, str]:
        repository = find_repository(Path.cwd()) if self._wants_repository() else None
        place = {"working_dir": self.working_directory or ".", "entry_point": self._module()}
        if repository is None:
            return place
        return {**_origin(repository), "diff": repository.diff(), **self._place(repository), **place}

    def _wants_repository(self) -> bool:
        return self.detect_repository and not self.single_file and not wishes.standalone

    def _checked_out(self, repository: Repository, file: Path) -> dict[str, str]:
        inside = file.relative_to(repository.root.resolve())
        place = self._place(repository)
        working_dir = PurePosixPath(place["working_dir"])
        if not inside.is_relative_to(working_dir):
            working_dir = PurePosixPath(".")
        text = self._text(file)
        return {
            **_origin(repository),
            "working_dir": str(working_dir),
            "entry_point": inside.relative_to(working_dir).as_posix(),
            "diff": repository.diff(but=inside) + repository.diff_of(inside, text),
        }

    def _place(self, repository: Repository) -> dict[str, str]:
        """The working folder: the one that was said, else the current one, if it is in the repository."""
        if self.working_directory is not None:
            return {"working_dir": self.working_directory}
        here, root = Path.cwd().resolve(), repository.root.resolve()
        return {"working_dir": here.relative_to(root).as_posix() if here.is_relative_to(root) else "."}

    def _module(self) -> str:
        return "" if self.module is None else f"-m {self.module.removeprefix('-m').strip()}"

    def _file(self) -> Path:
        assert self.script is not None
        file = Path(self.working_directory or ".", self.script).expanduser()
        if not file.is_file():
            file = Path(self.script).expanduser()
        if not file.is_file():
            raise UsageError(f"script is {self.script!r}; there is no such file here, and no repo is given")
        return file.resolve()

    def _text(self, file: Path) -> str:
        text = file.read_bytes().decode(errors="replace")
        return with_init_call(text) if self.add_init_call and file.suffix == ".py" else text

    def _requirements(self) -> str | None:
        """Lines for pip; ``None`` to leave it to the repository's own file (protocol §4.3)."""
        if self.requirements_file is not None:
            return read_requirements(self.requirements_file, "requirements_file")
        if isinstance(self.packages, list):
            return from_list(self.packages, "packages")
        if self.packages is False:
            return ""
        if self.repo is None and self.script is not None:
            return describe_requirements([self._file()])
        return describe_requirements([]) if wishes.added or self.packages else None


def read_requirements(file: Path, argument: str) -> str:
    """The content of a requirements file.

    Raises:
        UsageError: there is none, or it is no text.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{argument} is {str(file)!r}, which can't be read: {error}") from error


def _origin(repository: Repository) -> dict[str, str]:
    return {"repository": repository.url, "branch": repository.branch, "version_num": repository.commit}
