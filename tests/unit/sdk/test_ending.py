"""Tests of ``pellucid.sdk.ending`` within one process; how whole processes end is tested with whole processes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.sdk.ending import COMPLETED, Ending, describe_exception, describe_exit
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[Ending]:
    """One that is closed at the end."""
    ending = Ending(tmp_path, lambda: None)
    yield ending
    ending.close()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """Whatever was there before is there again."""
    before = sys.exit, sys.excepthook, type(exit).__call__
    ending = Ending(tmp_path, lambda: None)
    assert sys.exit is not before[0]
    ending.close()
    ending.close()

    assert (sys.exit, sys.excepthook, type(exit).__call__) == before


def test_hooks_of_others_stay(tmp_path: Path) -> None:
    """One that was put in front of ours still works, and still calls ours."""
    original = sys.excepthook
    ending = Ending(tmp_path, lambda: None)
    ours = sys.excepthook
    sys.excepthook = theirs = lambda *args: ours(*args)
    ending.close()
    try:
        assert sys.excepthook is theirs
    finally:
        sys.excepthook = original


def test_a_handler_of_the_program_is_not_touched(tmp_path: Path) -> None:
    """Neither one that was there before nor one that was set later (pains 5)."""
    original = signal.getsignal(signal.SIGTERM)
    try:
        ending = Ending(tmp_path, lambda: None)
        handler = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ending.close()
        assert handler == original
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        Ending(tmp_path, lambda: None).close()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, original)


def test_a_caught_exit_is_no_end(ending: Ending) -> None:
    """While it is under way it is one; a test runner, or a notebook, catches it."""
    reasons = []
    try:
        sys.exit(3)
    except SystemExit:
        reasons.append(ending.how().reason)

    assert reasons == ["Exit code 3"]
    assert ending.how() == COMPLETED


def test_what_the_program_decides_holds(ending: Ending) -> None:
    """Whatever happens afterwards."""
    stopped = End(TaskStatus.stopped, "enough")
    ending.decide(stopped)
    ending.see(End(TaskStatus.failed, "Exit code 1"))

    assert ending.how() == stopped


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (ValueError("bad"), End(TaskStatus.failed, "Exception: ValueError: bad", "ValueError: bad")),
        (
            KeyboardInterrupt(),
            End(TaskStatus.stopped, "Interrupted (KeyboardInterrupt)", "KeyboardInterrupt"),
        ),
        (RuntimeError(), End(TaskStatus.failed, "Exception: RuntimeError", "RuntimeError")),
    ],
)
def test_exceptions(error: BaseException, end: End) -> None:
    """Named with their text (sdk-surface §4.22)."""
    assert describe_exception(type(error), error) == end


@pytest.mark.parametrize(
    ("code", "reason"), [(None, None), (0, None), (False, None), (3, "Exit code 3"), ("no", "Exit code 1: no")]
)
def test_exit_codes(code: object, reason: str | None) -> None:
    """As the interpreter understands them."""
    end = describe_exit(code)

    assert (end.reason if end else None) == reason
