"""Tests of ``pellucid.sdk.console``."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from pellucid.sdk.console import Console, StreamCapture


class Recorder:
    """Takes what is reported."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, level: str, text: str) -> None:
        """Take it."""
        self.lines.append((level, text))


@pytest.fixture
def recorder() -> Recorder:
    """One."""
    return Recorder()


def own_streams(monkeypatch: pytest.MonkeyPatch) -> tuple[io.TextIOWrapper, io.TextIOWrapper]:
    """Put streams of the usual kind in place of the process's own."""
    out, err = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    return out, err


def written(stream: io.TextIOWrapper) -> bytes:
    """What arrived."""
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue()


def test_what_is_printed_is_reported_and_printed(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream objects stay the program's own, and are as before at the end."""
    streams = own_streams(monkeypatch)
    console = Console(recorder, stdout=True, stderr=True)
    print("hello", 1)
    print("bad", file=sys.stderr)
    sys.stdout.writelines(["a\n", "b\n"])
    print("no end", end="")
    assert sys.stdout is streams[0]
    console.close()
    print("afterwards")

    assert recorder.lines == [
        ("info", "hello 1"),
        ("error", "bad"),
        ("info", "a"),
        ("info", "b"),
        ("info", "no end"),
    ]
    assert written(streams[0]) == b"hello 1\na\nb\nno endafterwards\n"
    assert "write" not in vars(streams[0])


def test_a_report_that_prints_does_not_go_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reporting may log a warning, which is printed."""
    own_streams(monkeypatch)
    lines = []

    def report(_: str, text: str) -> None:
        lines.append(text)
        print("while reporting", text)

    console = Console(report, stdout=True, stderr=False)
    print("once")
    console.close()

    assert lines == ["once"]


def test_a_report_that_fails_does_not_fail_the_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own write is done before."""
    streams = own_streams(monkeypatch)

    def report(_: str, __: str) -> None:
        raise RuntimeError("no")

    console = Console(report, stdout=True, stderr=False)
    print("fine")
    console.close()

    assert written(streams[0]) == b"fine\n"


def test_an_error_of_the_stream_is_the_program_s(recorder: Recorder) -> None:
    """A full disk, a closed pipe: the program gets to know."""

    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    stream = Broken()
    capture = StreamCapture(stream, "info", recorder)
    with pytest.raises(BrokenPipeError):
        stream.write("lost\n")
    capture.close()

    assert recorder.lines == []


def test_somebody_else_may_cover_the_stream_too(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put in front of ours stays, and ours falls silent."""
    streams = own_streams(monkeypatch)
    console = Console(recorder, stdout=True, stderr=False)
    ours: Any = sys.stdout.write
    theirs = lambda text: ours(text.upper())  # noqa: E731 - a stand-in for another tracker
    sys.stdout.write = theirs  # type: ignore[method-assign]
    print("one")
    console.close()
    print("two")

    assert recorder.lines == [("info", "ONE")]
    assert written(streams[0]) == b"ONE\nTWO\n"
    assert sys.stdout.write is theirs


def test_a_stream_that_was_uncovered_is_covered_again(recorder: Recorder) -> None:
    """As IPython puts its streams back behind each cell; one that is covered still, below another, is left."""
    stream = io.StringIO()
    before = stream.write
    capture = StreamCapture(stream, "info", recorder)
    stream.write("a\n")
    stream.write = before  # type: ignore[method-assign]
    stream.write("unseen\n")
    capture.renew()
    stream.write("b\n")
    ours = stream.write
    stream.write = lambda text: ours(text)  # type: ignore[method-assign]
    capture.renew()
    stream.write("c\n")

    assert [text for _, text in recorder.lines] == ["a", "b", "c"]
    assert stream.getvalue() == "a\nunseen\nb\nc\n"


def test_closed_streams_are_left_alone(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service may have been started without them."""
    monkeypatch.setattr(sys, "stdout", None)
    Console(recorder, stdout=True, stderr=False).close()

    assert recorder.lines == []


def test_muted(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Printed, not reported."""
    streams = own_streams(monkeypatch)
    console = Console(recorder, stdout=True, stderr=True)
    with console.muted():
        print("shown only")
    print("both")
    console.close()

    assert recorder.lines == [("info", "both")]
    assert written(streams[0]) == b"shown only\nboth\n"
