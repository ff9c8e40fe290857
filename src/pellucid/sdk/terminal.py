"""What a terminal would show of a stream of text, line by line (pains 38).

Progress bars return to the start of their line, or of lines further up, again and again. Of those only what is finally
there is kept, and what is there every few seconds while it goes on. Colours are kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

_REDRAW_EVERY: Final = 10.0
"""Seconds between two recorded states of progress bars."""

_LONGEST_LINE: Final = 1 << 20
"""Characters after which a line without an end is recorded in pieces."""

_HIGHEST_SCREEN: Final = 100
"""Lines that a program can go back to."""

_MOVES: Final = re.compile(r"[\r\b]|\x1b\[\d*[ABK]")
_TOKENS: Final = re.compile(r"([\n\b]|\x1b\[\d*[ABK])")


class LineAssembler:
    """Makes lines of pieces of text.

    A line is recorded with the piece that ends it, so that it survives whatever happens next; only lines that a program
    has shown to go back to are held until something else follows.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with an empty line; ``clock`` tells seconds."""
        self._clock = clock
        self._shown_at = clock()
        self._rows = [_Row()]
        self._at = 0
        self._reach = 0

    def feed(self, text: str) -> str | None:
        """Take a piece in; returns the lines that it completes, joined by newlines, ``None`` if it completes none."""
        if len(self._rows) == 1 and not self._rows[0].redrawn and not _moves(text):
            *lines, rest = (self._rows[0].text + text).split("\n")
        else:
            lines, rest = self._draw(text), self._rows[-1].text
        if len(rest) > _LONGEST_LINE:
            lines.append(rest)
            rest = ""
        self._rows[-1].text = rest
        return "\n".join(lines) if lines else None

    def flush(self) -> str | None:
        """The lines that have not ended, ``None`` if all have."""
        shown = "\n".join(row.text for row in self._rows).rstrip("\n")
        self._rows, self._at, self._reach = [_Row()], 0, 0
        return shown or None

    def _draw(self, text: str) -> list[str]:
        """Move about as a terminal would; returns the lines that can't change any more."""
        settled: list[str] = []
        for token in _TOKENS.split(text):
            row = self._rows[self._at]
            if token == "\n":
                settled += self._next_row()
            elif token == "\b":
                row.text, row.redrawn = row.text[:-1], True
            elif token.startswith("\x1b[") and token[-1] in "ABK" and _TOKENS.fullmatch(token):
                self._move(row, token[-1], int(token[2:-1] or 1))
            elif token:
                row.write(token)
        return settled + self._shown_now_and_then()

    def _move(self, row: _Row, direction: str, count: int) -> None:
        if direction == "K":
            row.start_over()
        elif direction == "A":
            self._at = max(self._at - count, 0)
            self._reach = min(max(self._reach, len(self._rows) - 1 - self._at, count), _HIGHEST_SCREEN)
        else:
            self._at = min(self._at + count, len(self._rows) - 1)

    def _next_row(self) -> list[str]:
        plain = not self._rows[self._at].redrawn
        self._at += 1
        if self._at < len(self._rows):
            self._rows[self._at].arrive()
            return []
        self._rows.append(_Row())
        if plain:
            self._reach = 0
        return self._settle(max(self._at - self._reach, 0))

    def _settle(self, count: int) -> list[str]:
        settled, self._rows = self._rows[:count], self._rows[count:]
        self._at -= count
        return [row.text for row in settled]

    def _shown_now_and_then(self) -> list[str]:
        now = self._clock()
        bars = [row.visible for row in self._rows if row.redrawn and row.visible]
        if not bars or now - self._shown_at < _REDRAW_EVERY:
            return []
        self._shown_at = now
        return bars


class _Row:
    """A line that may still change."""

    __slots__ = ("redrawn", "starts_over", "text")

    def __init__(self) -> None:
        self.text = ""
        self.redrawn = False
        self.starts_over = False

    @property
    def visible(self) -> str:
        return self.text.rstrip()

    def start_over(self) -> None:
        """What is written next takes the place of what is there, which is seen until then."""
        self.redrawn = self.starts_over = True

    def arrive(self) -> None:
        """As after the end of the line above, where a program that has done with its bars goes on."""
        self.redrawn, self.starts_over = False, True

    def write(self, text: str) -> None:
        """Write text with returns in it. What it draws over by itself is never to be seen, and is most of the text of a
        quick progress bar."""
        body = text.rstrip("\r")
        _, returned, last = body.rpartition("\r")
        if returned:
            self.start_over()
        if last:
            self.text = last if self.starts_over else self.text + last
            self.starts_over = False
        if body != text:
            self.start_over()


def _moves(text: str) -> bool:
    return "\r" in text or "\b" in text or ("\x1b[" in text and _MOVES.search(text) is not None)
