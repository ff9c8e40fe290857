"""Regular expressions of searches, read into a tree.

The language is the part of Python's that every engine can search for in time proportional to the text: characters,
classes, groups, alternatives, repetitions, anchors, and ``(?i)`` or ``(?s)`` at the beginning. References to groups and
looking around are refused, since they are what cannot be bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

MOST_REPEATS: Final = 255
"""A counted repetition goes as far as PostgreSQL's does."""

_DEEPEST: Final = 50
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_HEXADECIMAL: Final = {"x": 2, "u": 4, "U": 8}
_CLASSES: Final = frozenset("dDsSwW")
_ANCHORS: Final = {"^": "start", "$": "end", "A": "start", "Z": "very end", "b": "word edge", "B": "no word edge"}


class PatternError(ValueError):
    """A text that is no regular expression of this language; the sentence says why."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One character: of these ranges (first and last), or of these classes (``d``, ``W``...), or of none of them."""

    ranges: tuple[tuple[str, str], ...] = ()
    classes: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: ``start``, ``end`` (also before a last newline), ``very end``, ``word edge`` or ``no word edge``."""

    place: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same several times; ``most`` is ``None`` for any number."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = OneOf | Anchor | Sequence | Either | Repeat


@dataclass(frozen=True, slots=True)
class Expression:
    """A whole regular expression."""

    root: Node
    any_case: bool


def parse(pattern: str, *, any_case: bool = False) -> Expression:
    """Read a regular expression. Raises PatternError."""
    return _Parser(pattern, any_case).expression()


class _Parser:
    """A recursive descent over the text."""

    def __init__(self, text: str, any_case: bool) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._any_case = any_case
        self._dot = OneOf((("\n", "\n"),), negated=True)

    def expression(self) -> Expression:
        while self._text.startswith(("(?i)", "(?s)", "(?is)", "(?si)"), self._at):
            flags = self._text[self._at + 2 : self._text.index(")", self._at)]
            self._any_case |= "i" in flags
            if "s" in flags:
                self._dot = OneOf(negated=True)
            self._at += len(flags) + 3
        root = self._either()
        if self._at < len(self._text):
            raise self._error("a ) that closes nothing")
        return Expression(root, self._any_case)

    def _either(self) -> Node:
        options = [self._sequence()]
        while self._accept("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, atom: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return atom
        if isinstance(atom, Anchor):
            raise self._error("a repetition of a place")
        self._accept("?")  # whether it takes as few as it can makes no difference to whether something is found
        if self._bounds() is not None or self._peek() == "+":
            raise self._error("a repetition of a repetition")
        return Repeat(atom, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._accept(sign):
                return bounds
        if self._peek() != "{":
            return None
        first, comma, last = self._text[self._at + 1 :].partition("}")[0].partition(",")
        if "}" not in self._text[self._at :] or not (first + last).isdecimal() or not (first + last).isascii():
            return None  # a brace that is meant as one
        self._at += len(first) + len(comma) + len(last) + 2
        least = int(first[:9] or 0)
        most = int(last[:9]) if last else None if comma else least
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise self._error(f"a repetition that is not of 0 to {MOST_REPEATS} times")
        return least, most

    def _atom(self) -> Node:
        sign = self._next()
        if sign == "(":
            return self._comment() or self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign == ".":
            return self._dot
        if sign in "^$":
            return Anchor(_ANCHORS[sign])
        if sign in "*+?":
            raise self._error("a repetition of nothing")
        return OneOf(((sign, sign),))

    def _comment(self) -> Node | None:
        """What a comment is: nothing; ``None`` if here is none."""
        if not self._accept("?#"):
            return None
        if ")" not in self._text[self._at :]:
            raise self._error("a comment that is not closed")
        self._at = self._text.index(")", self._at) + 1
        return Sequence(())

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error("groups that are nested too deeply")
        if self._accept("?P<"):
            name = self._text[self._at :].partition(">")[0]
            if not name.isidentifier() or self._text[self._at + len(name) : self._at + len(name) + 1] != ">":
                raise self._error("a group without a proper name")
            self._at += len(name) + 1
        elif self._peek() == "?" and not self._accept("?:"):
            raise self._error("an extension (looking around, references and flags inside are not supported)")
        inside = self._either()
        if not self._accept(")"):
            raise self._error("a group that is not closed")
        self._depth -= 1
        return inside

    def _escape(self) -> Node:
        sign = self._next()
        if sign in _CLASSES:
            return OneOf(classes=sign)
        if sign in _ANCHORS and sign.isalpha():
            return Anchor(_ANCHORS[sign])
        character = self._escaped(sign)
        return OneOf(((character, character),))

    def _escaped(self, sign: str) -> str:
        if sign in _CONTROLS:
            return _CONTROLS[sign]
        if length := _HEXADECIMAL.get(sign):
            digits = self._text[self._at : self._at + length]
            self._at += length
            try:
                return chr(int(digits, 16)) if len(digits) == length else ""[0]
            except (ValueError, IndexError, OverflowError):
                raise self._error(f"\\{sign}{digits}") from None
        if sign.isascii() and sign.isalnum():
            raise self._error(f"\\{sign} (references to groups and named classes are not supported)")
        return sign

    def _class(self) -> Node:
        negated = self._accept("^")
        ranges: list[tuple[str, str]] = []
        classes = ""
        first = True
        while first or self._peek() != "]":
            first = False
            begin = self._member()
            if len(begin) == 2:
                classes += begin[1]
            elif self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                end = self._member()
                if len(end) == 2 or end < begin:
                    raise self._error(f"a range that does not rise from {begin!r}")
                ranges.append((begin, end))
            else:
                ranges.append((begin, begin))
        self._at += 1
        return OneOf(tuple(ranges), classes, negated)

    def _member(self) -> str:
        """A character of a class, or a backslash with the letter of a class."""
        if self._at >= len(self._text):
            raise self._error("a class that is not closed")
        sign = self._next()
        if sign != "\\":
            return sign
        sign = self._next()
        if sign in _CLASSES:
            return f"\\{sign}"
        return "\b" if sign == "b" else self._escaped(sign)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise self._error("an end after a backslash")
        self._at += 1
        return self._text[self._at - 1]

    def _accept(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _error(self, what: str) -> PatternError:
        return PatternError(f"{self._text!r} is not a regular expression: {what} at position {self._at}")
