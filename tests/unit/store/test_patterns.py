"""Regular expressions that mean what Python's do, and never take long."""

from __future__ import annotations

import random
import re

import pytest

from pellucid.store.errors import BadQueryError
from pellucid.store.pattern_automaton import Automaton
from pellucid.store.pattern_syntax import parse
from pellucid.store.patterns import Literal, check_pattern, found, literal_of, to_postgresql

_PIECES = [
    "a", "b", "c", ".", r"\d", r"\w", r"\s", "[ab]", "[^a]", "[a-c_]", "(a|b)", "(?:ab|c)", "a*", "b+?", "c?",
    "(ab)*", "(a|b)+", "a{2}", "b{1,3}", "^", "$", r"\b", r"\A", r"\Z", "|", "(|x)", r"\ ", r"\-", "é", r"\x61",
    r"[\w.]", "(a|ab)(c|bcd)*", "\n", "{", "a{,2}", "}", r"\W", r"[\s\S]", "[]a]", "[a-]",
]  # fmt: skip


def test_they_find_what_python_finds() -> None:
    """Expressions and texts put together at random; those that Python refuses are refused."""
    chosen = random.Random(7)
    for _ in range(3_000):
        pattern = "".join(chosen.choices(_PIECES, k=chosen.randint(1, 6)))
        try:
            expected = re.compile(pattern)
        except re.error:
            with pytest.raises(BadQueryError):
                check_pattern("name", pattern)
            continue
        automaton = Automaton(parse(pattern))
        for _ in range(5):
            text = "".join(chosen.choices("abcdx1 -_.é\n{}", k=chosen.randint(0, 8)))
            is_found = expected.search(text) is not None
            assert (found(text, pattern), automaton.found_in(text)) == (is_found, is_found), (pattern, text)


@pytest.mark.parametrize("pattern", ["(?i)STRASSE|[A-C]x", "(?i)éA", "(?is)a.B"])
def test_letters_of_any_case(pattern: str) -> None:
    """Asked for at the beginning."""
    assert found("strasse", pattern) or found("Éa", pattern) or found("A\nb", pattern)
    assert not found("9", pattern)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a?){60}a{60}", ".*.*.*.*.*x", "(.*a){25}x", "(x+x+)+y"])
@pytest.mark.parametrize("text", ["a" * 40 + "!", "x" * 40, "a" * 20_000])
def test_none_takes_for_ever(pattern: str, text: str) -> None:
    """Python's own engine would not end within a lifetime for some of these."""
    assert found(text, pattern) in (True, False)


def test_a_missing_text_is_neither() -> None:
    """As SQL has it."""
    assert found(None, "a") is None


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[a", "a**", "*", "^*", "a++", "(?=a)", "(?<!a)", r"(a)\1", "(?x)a", "[b-a]", "\\", "a{300}",
     "a{3,2}", "(" * 60 + ")" * 60, "((a{200}){200}){200}", r"\x4", r"\q", r"[^\D]"],
)  # fmt: skip
def test_what_is_refused_is_named(pattern: str) -> None:
    """With the field, and before anything is searched."""
    with pytest.raises(BadQueryError, match=r"^comment: "):
        check_pattern("comment", pattern)


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("resnet", Literal("resnet", False, False)),
        (r"^exp\ one\.$", Literal("exp one.", True, True)),
        ("^a", Literal("a", True, False)),
        ("a.b", None),
        (r"\d", None),
        ("a|b", None),
    ],
)
def test_expressions_that_are_texts(pattern: str, literal: Literal | None) -> None:
    """They need no engine at all."""
    assert literal_of(pattern) == literal


@pytest.mark.parametrize(
    ("pattern", "translated"),
    [
        (r"^a\b.$", r"\Aa\y[^\n](?=\n?\Z)"),
        (r"(?i)[\w.-]+?", r"(?i)(?:[\.\-\w]){1,}"),
        (r"(?P<x>a|b)*\/", r"(?:(?:a|b)){0,}\/"),
    ],
)
def test_postgresql_is_given_its_own_dialect(pattern: str, translated: str) -> None:
    """Which differs in places and in what a dot is."""
    assert to_postgresql(pattern) == translated
