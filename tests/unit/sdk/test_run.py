"""How long a run waits for its uploader, by a clock of our own."""

from __future__ import annotations

import math
import os
import platform
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.base.clock import utc_now
from pellucid.base.connection import Connection
from pellucid.sdk import run as run_module
from pellucid.sdk.run import Run
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.records import PROGRESS_FILE, Progress, RunDescription, Upload, WriterProgress, encode_json

NOWHERE = Connection(api_host="http://127.0.0.1:9", web_host="http://127.0.0.1:9", files_host="http://127.0.0.1:9")


class SlowUploader:
    """Has sent everything, or up to a position, after a while."""

    def __init__(self, folder: Path, _: Connection) -> None:
        self._folder = folder
        self.now = 0.0
        self.done_at = math.inf
        self.reach = 1 << 30

    def start(self) -> None:
        """Nothing to start."""

    def wake(self) -> bool:
        """It runs."""
        return True

    def sleep(self, seconds: float) -> bool:
        """Time passes, quicker than in the world."""
        self.now += max(seconds, 1.0)
        if self.now >= self.done_at:
            names = [path.stem for path in self._folder.glob("*.frames")]
            progress = Progress(writers=dict.fromkeys(names, WriterProgress(frames=self.reach)))
            (self._folder / PROGRESS_FILE).write_bytes(encode_json(progress))
        return True

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def uploader(monkeypatch: pytest.MonkeyPatch) -> list[SlowUploader]:
    """The uploaders that are started, whose clock is the run's."""
    made: list[SlowUploader] = []

    def make(folder: Path, connection: Connection) -> SlowUploader:
        made.append(SlowUploader(folder, connection))
        return made[-1]

    monkeypatch.setattr(run_module, "UploaderProcess", make)
    monkeypatch.setattr(time, "monotonic", lambda: made[-1].now)
    return made


@pytest.fixture
def run(uploader: list[SlowUploader], tmp_path: Path) -> Iterator[Run]:
    """A run that has reported something."""
    description = RunDescription(
        task="0" * 32,
        project="tests",
        name="waiting",
        created=True,
        api_host=NOWHERE.api_host,
        web_host=NOWHERE.web_host,
        files_host=NOWHERE.files_host,
        pid=os.getpid(),
        host=platform.node(),
        started=utc_now(),
    )
    run = Run(tmp_path, description, NOWHERE)
    run.report(Event(type=EventType.log, task=description.task, msg="hello"))
    yield run
    run.close(None, 0.0)


def test_it_waits_for_as_long_as_sending_takes(run: Run, uploader: list[SlowUploader]) -> None:
    """A server that comes back after an hour has everything then."""
    uploader[0].done_at = 3600.0

    assert run.wait_until_sent()
    assert uploader[0].now >= 3600.0


def test_it_can_wait_for_some_of_the_files(run: Run, uploader: list[SlowUploader], tmp_path: Path) -> None:
    """The first of those that are under way, whatever comes behind them."""
    ends = []
    for name in "abc":
        run.upload(Upload(name, name, []))
        ends.append(next(tmp_path.glob("*.frames")).stat().st_size)

    uploader[0].reach = ends[0]
    assert not run.wait_until_stored(1, 5.0)
    uploader[0].done_at = uploader[0].now + 10.0
    assert run.wait_until_stored(1, 60.0)
    assert run.wait_until_stored(0, 0.0)
    assert not run.wait_until_stored(1, 5.0)
    uploader[0].reach = ends[2]
    assert run.wait_until_stored(10, 5.0)


def test_a_limit_is_kept(run: Run, uploader: list[SlowUploader]) -> None:
    """The rest is the uploader's."""
    assert not run.wait_until_sent(30.0)
    assert 30.0 <= uploader[0].now < 40.0


def test_the_end_of_the_program_is_a_limit(
    run: Run, uploader: list[SlowUploader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits in an exit handler must not keep the process for ever."""
    monkeypatch.setenv("PELLUCID_EXIT_DEADLINE", "20")
    ended = threading.Thread()
    monkeypatch.setattr(threading, "main_thread", lambda: ended)

    assert not run.wait_until_sent()
    assert 20.0 <= uploader[0].now < 30.0
