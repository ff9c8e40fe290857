"""Regular expressions of searches, the same and bounded in time on every database (protocol §2.0).

Python's own engine may take for ever for an expression such as ``(a+)+b``, and PostgreSQL's speaks another dialect. So
expressions are read into a tree; SQLite calls ``found``, PostgreSQL is given ``to_postgresql``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pellucid.store.errors import BadQueryError
from pellucid.store.pattern_automaton import Automaton
from pellucid.store.pattern_syntax import Anchor, Either, Expression, Node, OneOf, PatternError, Repeat, Sequence, parse

_SHORT: Final = 1000
"""Up to so many characters, Python's engine is let at an expression with one choice of length: it is quicker."""

_LITERAL: Final = re.compile(r"(?P<start>\^?)(?P<text>(?:[^\\.^$*+?{}\[\]|()]|\\[^0-9A-Za-z])+)(?P<end>\$?)")
_PYTHON_ANCHORS: Final = {"start": r"\A", "end": "$", "very end": r"\Z", "word edge": r"\b", "no word edge": r"(?!\b)"}
_POSTGRESQL_ANCHORS: Final = {
    "start": r"\A",
    "end": r"(?=\n?\Z)",
    "very end": r"\Z",
    "word edge": r"\y",
    "no word edge": r"\Y",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """An expression that is a text, at the beginning, at the end, or anywhere: what nearly all searches by name are."""

    text: str
    at_start: bool
    at_end: bool


def literal_of(pattern: str) -> Literal | None:
    """The text that an expression is, escaped or not, perhaps anchored; ``None`` for others."""
    if found := _LITERAL.fullmatch(pattern):
        text = re.sub(r"\\(.)", r"\1", found["text"], flags=re.DOTALL)
        return Literal(text, bool(found["start"]), bool(found["end"]))
    return None


def check_pattern(field: str, pattern: str) -> None:
    """Raises BadQueryError, naming the field, for what is no regular expression of searches."""
    if literal_of(pattern) is not None:
        return  # It is looked up as a text, however long it is.
    try:
        _searcher(pattern)
    except PatternError as error:
        raise BadQueryError(f"{field}: {error}") from error


def found(text: str | None, pattern: str) -> bool | None:
    """Whether an expression matches anywhere in a text; unknown for a text that is unknown."""
    return None if text is None else _searcher(pattern)(text)


@lru_cache(maxsize=256)
def _searcher(pattern: str) -> Callable[[str], bool]:
    expression = parse(pattern)
    automaton = Automaton(expression)
    if not _is_quick(expression):
        return automaton.found_in
    search = re.compile(_write(expression.root, _PYTHON_ANCHORS), re.IGNORECASE if expression.any_case else 0).search
    return lambda text: search(text) is not None if len(text) <= _SHORT else automaton.found_in(text)


def to_postgresql(pattern: str) -> str:
    """The expression in PostgreSQL's dialect (its "advanced" one). Raises PatternError."""
    expression = parse(pattern)
    if not expression.any_case:
        return _write(expression.root, _POSTGRESQL_ANCHORS)
    # Which letters belong together depends on the database's locale, so both are written out.
    return f"(?i){_write(_in_both_cases(expression.root), _POSTGRESQL_ANCHORS)}"


def _in_both_cases(node: Node) -> Node:
    match node:
        case OneOf(ranges, classes, negated):
            letters = [first for first, last in ranges if first == last and not first.isascii()]
            forms = {form for letter in letters for form in (letter.lower(), letter.upper()) if len(form) == 1}
            return OneOf((*ranges, *((form, form) for form in sorted(forms.difference(letters)))), classes, negated)
        case Sequence(parts):
            return Sequence(tuple(map(_in_both_cases, parts)))
        case Either(options):
            return Either(tuple(map(_in_both_cases, options)))
        case Repeat(part, least, most):
            return Repeat(_in_both_cases(part), least, most)
        case _:
            return node


def _is_quick(expression: Expression) -> bool:
    """Whether there are so few choices that trying them one after the other, as Python does, cannot take long."""
    lengths, options = _choices(expression.root)
    return lengths <= 1 and options <= 2


def _choices(node: Node) -> tuple[int, int]:
    """How many repetitions have a choice of length, and how many choices of options there are."""
    many = 1_000
    match node:
        case Sequence(parts) | Either(parts):
            inner = [_choices(part) for part in parts]
            lengths, options = (sum(counts) for counts in zip((0, 0), *inner, strict=True))
            return lengths, options + isinstance(node, Either)
        case Repeat(part, least, most):
            lengths, options = _choices(part)
            once = (least, most) in ((0, 1), (1, 1))
            return (lengths if once else lengths * many) + (least != most), options if once else options * many
        case _:
            return 0, 0


def _write(node: Node, anchors: dict[str, str]) -> str:
    match node:
        case OneOf():
            return _write_class(node)
        case Anchor(place):
            return anchors[place]
        case Sequence(parts):
            return "".join(_write(part, anchors) for part in parts)
        case Either(options):
            return f"(?:{'|'.join(_write(option, anchors) for option in options)})"
        case Repeat(part, least, most):
            times = f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
            return f"(?:{_write(part, anchors)}){times}"


def _write_class(wanted: OneOf) -> str:
    if not wanted.ranges and not wanted.classes:
        return r"(?:.|\n)"
    if len(wanted.ranges) == 1 and not wanted.classes and not wanted.negated:
        first, last = wanted.ranges[0]
        if first == last:
            return _write_character(first)
    ranges = "".join(
        _write_character(first) + (f"-{_write_character(last)}" if first != last else "")
        for first, last in wanted.ranges
    )
    # Classes of what is not something cannot stand within brackets everywhere.
    inside = [kind for kind in wanted.classes if kind.islower()]
    beside = [kind for kind in wanted.classes if kind.isupper()]
    bracket = ranges + "".join(f"\\{kind}" for kind in inside)
    if not beside:
        return f"[{'^' if wanted.negated else ''}{bracket}]"
    if wanted.negated:
        # None of the bracket, and of each class its opposite.
        raise PatternError(r"\D, \S and \W cannot stand in a class that begins with ^")
    options = [f"[{bracket}]"] * bool(bracket) + [f"\\{kind}" for kind in beside]
    return f"(?:{'|'.join(options)})"


def _write_character(character: str) -> str:
    if character == "\n":
        return r"\n"
    return character if character.isalnum() or not character.isascii() or character < " " else f"\\{character}"
