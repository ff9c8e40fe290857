"""Tests of ``pellucid.sdk.terminal``."""

from __future__ import annotations

import io
import re
import time

import pytest
from tqdm import tqdm, trange

from pellucid.sdk.terminal import LineAssembler


@pytest.mark.parametrize(
    ("pieces", "lines", "rest"),
    [
        (["one\n"], ["one"], None),
        (["on", "e", "\n"], ["one"], None),
        (["one\ntwo\nth"], ["one\ntwo"], "th"),
        (["\n", "one\n\n", "\n"], ["", "one\n", ""], None),
        (["one\r\n"], ["one"], None),
        (["10%", "\r20%", "\r100%\n"], ["100%"], None),
        (["10%\r", "20%\r", "30%\r"], [], "30%"),
        (["a\n\nb\n"], ["a\n\nb"], None),
    ],
)
def test_lines(pieces: list[str], lines: list[str], rest: str | None) -> None:
    """A line comes with the piece that ends it; of a progress bar its last state."""
    assembler = LineAssembler()

    assert [text for piece in pieces if (text := assembler.feed(piece)) is not None] == lines
    assert assembler.flush() == rest


def test_a_long_progress_bar_shows_now_and_then() -> None:
    """Every ten seconds, although its line does not end; its memory does not grow."""
    now = 0.0
    assembler = LineAssembler(lambda: now)
    shown = []
    for second in range(25):
        now = float(second)
        shown += [text for text in [assembler.feed(f"\r{second} s")] if text]

    assert shown == ["10 s", "20 s"]


class Stream(io.StringIO):
    """What a program prints to, as far as a progress bar looks."""

    def __init__(self) -> None:
        super().__init__()
        self.assembler = LineAssembler()
        self.lines: list[str] = []

    def write(self, text: str) -> int:
        """Assemble."""
        if (lines := self.assembler.feed(text)) is not None:
            self.lines += lines.split("\n")
        return len(text)

    def finish(self) -> list[str]:
        """All lines."""
        return self.lines + (self.assembler.flush() or "").split("\n")


def test_a_bar_of_a_million_steps_is_a_line() -> None:
    """However often it is drawn."""
    stream = Stream()
    for _ in tqdm(range(1_000_000), file=stream, ncols=60, mininterval=0, miniters=100):
        pass
    print("trained", file=stream)

    *bars, trained, rest = stream.finish()
    assert (trained, rest) == ("trained", "")
    assert len(bars) <= 1 + time.process_time() / 10
    assert "1000000/1000000" in bars[-1]


def test_bars_within_bars_are_their_last_states() -> None:
    """The outer one is drawn, and what its inner ones have left; not each of their thousands of redraws."""
    stream = Stream()
    for _ in trange(3, desc="epoch", file=stream, ncols=60, mininterval=0, miniters=1):
        for _ in trange(500, desc="batch", file=stream, ncols=60, mininterval=0, miniters=1, leave=False):
            pass
    print("trained", file=stream)

    lines = [line for line in stream.finish() if line.strip()]
    assert lines[-1] == "trained"
    assert len(lines) < 8
    assert any("epoch: 100%" in line and "3/3" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one\x1b[1A\r", ["one"]),
        ("a\nb\x1b[A\rA\nB\n", ["a", "A", "B"]),
        ("\x1b[32mgreen\x1b[0m\n", ["\x1b[32mgreen\x1b[0m"]),
        ("\x1b[31m10%\x1b[0m\r\x1b[31m20%\x1b[0m\n", ["\x1b[31m20%\x1b[0m"]),
        ("typo\b\b\bwo\n", ["two"]),
        ("gone\x1b[2K\rhere\n", ["here"]),
        ("up\x1b[5Atop\n", ["uptop"]),
        ("down\x1b[5Bbottom\n", ["downbottom"]),
    ],
)
def test_movements(text: str, lines: list[str]) -> None:
    """As a terminal shows them; a line that was complete before a program first went back to it was recorded then."""
    stream = Stream()
    stream.write(text)

    assert [line for line in stream.finish() if line] == lines


@pytest.mark.parametrize(
    "text",
    [
        "start\r10%\r20%\r\r30%\nnext\rNEXT\r",
        "\r\x1b[32m10%\x1b[0m\r\x1b[32m20%\x1b[0m\n",
        "10%\r\n20%\r\b30%\r\x1b[Aup\r\x1b[Kcleared",
        "outer\n\rinner 1\rinner 2\x1b[A\rOUTER\router\n\n\rlast",
    ],
)
def test_a_piece_is_what_its_letters_are(text: str) -> None:
    """Leaving out what is drawn over at once makes no difference."""
    whole, letters = Stream(), Stream()
    whole.write(text)
    for letter in re.findall(r"\x1b\[[\d;]*[A-Za-z]|.", text, re.DOTALL):
        letters.write(letter)

    assert whole.finish() == letters.finish()


def test_lines_after_bars_are_recorded_at_once() -> None:
    """Holding lines ends when a program goes on with others."""
    stream = Stream()
    stream.write("\router\n\rinner\x1b[A\router 2\n\rinner 2\x1b[A\router 3\n\n")
    stream.write("after\n")

    assert stream.lines[-1] == "after"
    stream.write("more\n")
    assert stream.lines[-1] == "more"


def test_a_line_without_end_is_recorded_in_pieces() -> None:
    """Its memory is bounded."""
    assembler = LineAssembler()
    pieces = [assembler.feed("x" * 100_000) for _ in range(30)]

    assert sum(len(piece or "") for piece in [*pieces, assembler.flush()]) == 3_000_000
    assert any(pieces)
