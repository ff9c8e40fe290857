"""What a run writes into its journal, and what the uploader makes of it: payloads of the journal's framed records.

The journal stores bytes with a kind and knows nothing of these types; they are MessagePack on disk.

Kinds: ``SERIES`` names a series number of the same writer; ``EVENT`` is an event; ``CALL`` is a request to the server,
to be sent in its place among the writer's records; ``UPLOAD`` is a file to store, followed by the calls that announce
it; ``END`` is the last record of a run that ended by itself; ``FAILURE`` tells how another rank failed.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any, Final

import msgspec

from pellucid.base.connection import Connection as Connection
from pellucid.wire.enums import TaskStatus

RUN_FILE: Final = "run.json"
"""Name of the file in a run's folder that holds its ``RunDescription``."""

PROGRESS_FILE: Final = "progress.json"
"""Name of the file in a run's folder that holds its ``Progress``."""


class RecordKind(IntEnum):
    """The kind byte of a framed record."""

    SERIES = 1
    EVENT = 2
    CALL = 3
    UPLOAD = 4
    END = 5
    FAILURE = 6


class SeriesName(msgspec.Struct, frozen=True, array_like=True):
    """Gives a series number of this writer its names. Written before the first point that uses the number."""

    number: int
    title: str
    series: str


class Call(msgspec.Struct, frozen=True):
    """A request of the protocol; sending it twice must do no harm. ``body`` is its JSON, with the file server's address
    left open (``wire.files.FILES_ADDRESS``)."""

    action: str
    body: bytes


class Upload(msgspec.Struct, frozen=True):
    """A file that is to be stored.

    Attributes:
        source: the file, relative to the run's folder if it is a copy made there, else absolute. Empty for none: then
            the calls are only made after all files before.
        path: where to store it in the place, not URL-quoted.
        announce: calls to make once the file is stored.
        sha256: of the content, in hexadecimal; empty if unknown. What is stored under the path already is not sent
            again.
        to: address of the place, such as ``s3://bucket/folder``; empty for the file server.
    """

    source: str
    path: str
    announce: list[Call]
    sha256: str = ""
    to: str = ""


class End(msgspec.Struct, frozen=True):
    """How a run ended, as far as the run itself could tell.

    ``presumed`` is set where nothing spoke against a good end when the interpreter began to exit: a ``SystemExit`` that
    the script raises itself passes unseen, so the uploader looks at the exit code of the process as well.
    """

    status: TaskStatus
    reason: str = ""
    message: str = ""
    presumed: bool = False


class RankFailure(msgspec.Struct, frozen=True):
    """How a process failed that a launcher has started beside the one that began the run.

    Attributes:
        rank: which one.
        timestamp: when, in milliseconds since the epoch: the first failure is the cause of the others.
        reason: a few words, as in ``End``.
        message: more words.
    """

    rank: int
    timestamp: int
    reason: str
    message: str = ""


class Monitoring(msgspec.Struct, frozen=True):
    """How often the load of the machine is read, and how often the mean of the readings is recorded."""

    sample_seconds: float = 2.0
    report_seconds: float = 10.0


class RunDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What a run's folder is about; enough to ship it later, on another day, by another process. Holds no secrets.

    Attributes:
        task: the task's id; authoritative once ``created`` is true.
        project: full project name, for upload paths and for creating the task.
        name: task name.
        created: whether a server has the task already; if not, the journal's first calls create it.
        api_host: the server that the run was started against, ``None`` if there was none.
        web_host: address of that server's web app.
        files_host: address of its file server.
        pid: the process that called ``Task.init``.
        host: the name of the machine.
        started: when the run began.
        monitoring: how the machine is watched meanwhile; ``None`` if it is not.
        stoppable: whether the process is ended when somebody aborts the task; else that is an agent's business, or
            nobody's.
        is_agents: whether an agent runs the process, and says how that ended: it may run it again.
    """

    task: str
    project: str
    name: str
    created: bool
    api_host: str | None
    web_host: str | None
    files_host: str | None
    pid: int
    host: str
    started: datetime
    monitoring: Monitoring | None = None
    stoppable: bool = False
    is_agents: bool = False


class SessionImport(msgspec.Struct, frozen=True, kw_only=True):
    """What an importing process is asked for on its standard input, as JSON.

    Attributes:
        connection: the server.
        session: a run's folder, an offline session's of the ``clearml`` package, or a zip file of either.
        books: folder of what is remembered about imports.
        into: id of the task to import into, ``None`` for the session's own.
        offset: what to add to iterations.
    """

    connection: Connection
    session: str
    books: str
    into: str | None = None
    offset: int = 0


class ImportedSession(msgspec.Struct, frozen=True, kw_only=True):
    """Its answer.

    Attributes:
        task: the task's id on the server.
        finished: whether the session was over; if not, what is added to it can be imported later.
        refused: sentences about what is not on the server.
    """

    task: str
    finished: bool
    refused: list[str]


class WriterProgress(msgspec.Struct, frozen=True):
    """How far the server has one writer's streams: points by position, framed records by byte."""

    points: int = 0
    frames: int = 0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What the uploader has achieved; replaced atomically, read by the run when it waits.

    Attributes:
        writers: acknowledged positions by writer.
        finished: the task has its final status on the server and nothing is left to send.
        refused: sentences about what the server said no to, or what could not be read; also in the uploader's log.
        not_stored: files that will not be stored: their ``Upload.source``, and why.
    """

    writers: dict[str, WriterProgress] = {}
    finished: bool = False
    refused: list[str] = []
    not_stored: dict[str, str] = {}


def encode_record(record: msgspec.Struct) -> bytes:
    """A record as it stands in the journal. Characters that no encoding has, such as those that Python makes of
    undecodable file names, are replaced by a question mark: what is reported must not fail because of them."""
    try:
        return msgspec.msgpack.encode(record)
    except UnicodeEncodeError:
        return msgspec.msgpack.encode(_encodable(record))


def encode_json(content: msgspec.Struct) -> bytes:
    """A record or a request as JSON; such characters are replaced likewise."""
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:
        return msgspec.json.encode(_encodable(content))


def _encodable(value: Any) -> Any:
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {_encodable(key): _encodable(item) for key, item in value.items()}
        case list() | tuple():
            return [_encodable(item) for item in value]
        case msgspec.Struct():
            return _encodable(msgspec.to_builtins(value, builtin_types=(bytes, datetime)))
        case _:
            return value
