"""What is being executed: the script section of a task (sdk-surface M2…M5; protocol §3.1)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import msgspec

_LONGEST_TEXT: Final = 1_000_000
"""Characters; a script longer than this is data, and is left out."""


class Script(msgspec.Struct, frozen=True):
    """What runs in this process.

    Attributes:
        binary: the interpreter, such as ``python3.11``.
        entry_point: file name, or ``-m package.module``.
        working_dir: where it runs, relative to its root.
        text: the source, empty where it can't be had.
        stem: what to call the task if nobody says.
    """

    binary: str
    entry_point: str
    working_dir: str
    text: str
    stem: str

    def to_document(self) -> dict[str, str]:
        """As the protocol keeps it. What is not in a repository goes where its changes would be (seed, Automatic
        Logging)."""
        return {
            "binary": self.binary,
            "repository": "",
            "branch": "",
            "version_num": "",
            "entry_point": self.entry_point,
            "working_dir": self.working_dir,
            "diff": self.text,
        }


def describe_script() -> Script:
    """Find out what this process executes; never fails, whatever it is."""
    binary = f"python{sys.version_info.major}.{sys.version_info.minor}"
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    file = getattr(main, "__file__", None)
    if file is None or file.startswith("<"):
        entry_point, text = _inline()
        return Script(binary, entry_point, ".", text, Path(entry_point).stem)
    path = Path(file)
    if spec is None:
        return Script(binary, path.name, ".", _read(path), path.stem)
    module = spec.parent if path.stem == "__main__" else spec.name
    return Script(binary, f"-m {module}", ".", _read(path), module.rpartition(".")[2])


def _inline() -> tuple[str, str]:
    """A name and the text of a program that is in no file."""
    options = sys.orig_argv[1:]
    if "-c" in options and options.index("-c") + 1 < len(options):
        return "command.py", options[options.index("-c") + 1]
    # From standard input, which has been read, or typed by a person.
    return ("interactive.py" if hasattr(sys, "ps1") else "stdin.py"), ""


def _read(path: Path) -> str:
    try:
        if path.suffix == ".pyc" or path.stat().st_size > _LONGEST_TEXT:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def describe_host() -> dict[str, object]:
    """Facts about the machine and the interpreter (protocol §3.4)."""
    system = os.uname()
    return {
        "CLI": sys.argv[0] if sys.argv else "",
        "OS": f"{system.sysname} {system.release}",
        "platform": system.machine,
        "hostname": system.nodename,
        "python_version": sys.version.split()[0],
        "python_exec": sys.executable,
        "cpu_cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
    }
