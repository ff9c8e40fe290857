"""A run's folder: whose writings it holds, and who still writes."""

from __future__ import annotations

from pathlib import Path

from pellucid.base.process import ProcessIdentity, identify, is_running
from pellucid.journal.format import FRAMES_HEADER, FRAMES_MAGIC, check_header, frames_file


def list_writers(folder: Path) -> list[str]:
    """Names of all writers that ever wrote here."""
    return sorted(path.stem for path in folder.glob("*.frames"))


def writer_pid(writer: str) -> int:
    """The number of a writer's process, which its name begins with."""
    return int(writer.partition("-")[0])


def writer_process(folder: Path, writer: str) -> ProcessIdentity | None:
    """The process that a writer belongs to; ``None`` if it has not, or never, got to say so in its file.

    Raises:
        JournalVersionError: a newer release wrote the file.
    """
    path = frames_file(folder, writer)
    with path.open("rb") as file:
        header = file.read(FRAMES_HEADER.size)
    if len(header) < FRAMES_HEADER.size:
        return None
    magic, version, pid, start, boot = FRAMES_HEADER.unpack(header)
    check_header(path, magic, version, FRAMES_MAGIC)
    return ProcessIdentity(pid, start, boot)


def is_writing(folder: Path, writer: str) -> bool:
    """Whether a writer's process runs on this machine, so that its streams may grow."""
    process = writer_process(folder, writer)
    return is_running(process) if process is not None else identify(writer_pid(writer)) is not None
