"""The program of a task, put into a folder: from its repository, or as the task carries it (protocol §4.3)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pellucid.agent.commands import Commands
from pellucid.agent.errors import PreparationError
from pellucid.agent.repository import check_out, is_diff
from pellucid.agent.settings import AgentSettings
from pellucid.base.notebook_text import script_of_cells

_DEFAULT_ENTRY: Final = "script.py"
_SHELLS: Final = ("bash", "sh")


@dataclass(frozen=True)
class Code:
    """A program that can be started.

    Attributes:
        root: folder of the whole of it.
        folder: to start in.
        arguments: for the interpreter.
        interpreter: another program than Python; ``None`` for Python.
    """

    root: Path
    folder: Path
    arguments: list[str]
    interpreter: str | None = None


def place_code(script: Mapping[str, Any], folder: Path, settings: AgentSettings, commands: Commands) -> Code:
    """Put a task's program into a folder.

    Args:
        script: the task's ``script``.
        folder: an empty folder.
        settings: for repositories.
        commands: runs git.

    Raises:
        PreparationError: there is no program, or it can't be had.
    """
    text = str(script.get("diff") or "")
    text = text if text.strip() else ""
    root = folder / "code"
    if script.get("repository"):
        commands.say(f"Fetching {script['repository']}")
        check_out(script, root, settings, commands)
    else:
        if not text:
            raise PreparationError("the task has neither a repository nor a script of its own")
        root.mkdir()
    start = _inside(root, str(script.get("working_dir") or ".").partition(":")[0])
    if not start.is_dir():
        raise PreparationError(f"the working folder {script.get('working_dir')} is not in the repository")
    words = _words_of(str(script.get("entry_point") or ""))
    if text and not (script.get("repository") and is_diff(text)):
        _write_script(root, start, words, text)
    return _command(script, root, start, words)


def _words_of(entry_point: str) -> list[str]:
    try:
        return shlex.split(entry_point) or [_DEFAULT_ENTRY]
    except ValueError as error:
        raise PreparationError(f"the entry point {entry_point} can't be read ({error}): set another one") from error


def _write_script(root: Path, start: Path, words: list[str], text: str) -> None:
    if words[0] == "-m":
        return  # the text is that of the module, which comes with its package
    file = (start / words[0]).resolve()
    if not file.is_relative_to(root.resolve()) or not file.parent.is_dir():
        file = start / file.name  # it has been anywhere on somebody's machine
    if file.suffix == ".ipynb":
        file = file.with_suffix(".py")
    words[0] = str(file)
    file.write_text(text, encoding="utf-8")


def _command(script: Mapping[str, Any], root: Path, start: Path, words: list[str]) -> Code:
    binary = Path(str(script.get("binary") or "")).name
    if words[0] == "-m":
        return Code(root, start, words)
    entry = _inside(root, str(Path(words[0]) if Path(words[0]).is_absolute() else (start / words[0])))
    if not entry.is_file():
        raise PreparationError(f"the entry point {words[0]} is not there")
    if binary in _SHELLS or entry.suffix == ".sh":
        return Code(
            root, start, [str(entry), *words[1:]], interpreter=f"/bin/{binary if binary in _SHELLS else 'bash'}"
        )
    if entry.suffix == ".ipynb":
        entry = _as_script(entry)
    return Code(root, start, [str(entry), *words[1:]])


def _as_script(notebook: Path) -> Path:
    """The cells of a notebook with code, one after the other; what only IPython understands is left out."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise PreparationError(f"{notebook.name} is no notebook that can be read") from error
    script = notebook.with_suffix(".py")
    script.write_text(script_of_cells(sources), encoding="utf-8")
    return script


def _inside(root: Path, path: str) -> Path:
    """A path below the root. Raises PreparationError for one that is not."""
    found = (root / path).resolve()
    if not found.is_relative_to(root.resolve()):
        raise PreparationError(f"{path} is outside of the task's code")
    return found
