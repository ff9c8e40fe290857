"""Searching for a regular expression in time proportional to the text, whatever the expression is.

The expression becomes a program (Thompson's construction) whose sets of places are the states of an automaton. States
and steps between them are made when a text first leads there and kept, so that most characters cost one look-up.
"""

from __future__ import annotations

from typing import Final

from pellucid.store.pattern_syntax import Anchor, Either, Expression, Node, OneOf, PatternError, Repeat, Sequence

_LONGEST_PROGRAM: Final = 1000
_MOST_STEPS: Final = 20_000
"""So many steps are kept; then the automaton forgets them and begins anew."""

_MATCH: Final = -1
_END: Final = ""
_LAST_NEWLINE: Final = "\n$"
"""A newline that ends the text: ``$`` holds in front of it."""

_Instruction = OneOf | Anchor | tuple[int, int] | None
"""What a place in the program asks for: a character, an anchor, a choice of two places, or nothing more (a match)."""


class Automaton:
    """Finds one expression in texts. Threads may share it: they overwrite each other's steps by equal ones."""

    def __init__(self, expression: Expression) -> None:
        """Raises PatternError if the expression is too large."""
        self._any_case = expression.any_case
        self._program: list[tuple[_Instruction, int]] = [(None, _MATCH)]
        self._first = self._compile(expression.root, 0)
        self._forget()

    def found_in(self, text: str) -> bool:
        """Whether the expression matches anywhere in the text."""
        state = self._start
        tail = [_LAST_NEWLINE, _END] if text.endswith("\n") else [_END]
        for symbols in (text[: len(text) - len(tail) + 1], tail):
            for symbol in symbols:
                following = state.get(symbol)
                if following is None:
                    following = self._step(state, symbol)
                if following.matched:
                    return True
                state = following
        return False

    def _compile(self, node: Node, following: int) -> int:
        """Add a node to the program, to be followed by a place; returns the place where it begins."""
        match node:
            case OneOf() | Anchor():
                return self._add(node, following)
            case Sequence(parts):
                for part in reversed(parts):
                    following = self._compile(part, following)
                return following
            case Either(options):
                begin = self._compile(options[-1], following)
                for option in reversed(options[:-1]):
                    begin = self._add((self._compile(option, following), begin), _MATCH)
                return begin
            case Repeat(part, least, most):
                return self._compile_repeat(part, least, most, following)

    def _compile_repeat(self, part: Node, least: int, most: int | None, following: int) -> int:
        if most is None:
            again = self._add((following, following), _MATCH)
            self._program[again] = ((self._compile(part, again), following), _MATCH)
            begin = again
        else:
            begin = following
            for _ in range(most - least):
                begin = self._add((self._compile(part, begin), following), _MATCH)
        for _ in range(least):
            begin = self._compile(part, begin)
        return begin

    def _add(self, instruction: _Instruction, following: int) -> int:
        if len(self._program) >= _LONGEST_PROGRAM:
            raise PatternError(f"it is too large: written out, it has more than {_LONGEST_PROGRAM} parts")
        self._program.append((instruction, following))
        return len(self._program) - 1

    def _forget(self) -> None:
        self._states: dict[tuple[frozenset[int], bool | None], _State] = {}
        self._steps = 0
        self._start = self._state(frozenset([self._first]), None)

    def _state(self, places: frozenset[int], after_word: bool | None) -> _State:
        return self._states.setdefault((places, after_word), _State(places, after_word))

    def _step(self, state: _State, symbol: str) -> _State:
        if self._steps >= _MOST_STEPS:
            self._forget()
        self._steps += 1
        character = symbol[:1]
        reached = self._reached(state, symbol)
        if 0 in reached:
            following = _FOUND
        else:
            places = {self._first}
            for place in reached:
                instruction, after = self._program[place]
                if isinstance(instruction, OneOf) and character and _holds(instruction, character, self._any_case):
                    places.add(after)
            following = self._state(frozenset(places), _is_word(character))
        state[symbol] = following
        return following

    def _reached(self, state: _State, symbol: str) -> set[int]:
        """The places that are reached without taking a character, before this symbol."""
        reached: set[int] = set()
        waiting = list(state.places)
        while waiting:
            place = waiting.pop()
            if place in reached:
                continue
            reached.add(place)
            instruction, following = self._program[place]
            if isinstance(instruction, tuple):
                waiting.extend(instruction)
            elif isinstance(instruction, Anchor) and _is_at(instruction, state.after_word, symbol):
                waiting.append(following)
        return reached


class _State(dict[str, "_State"]):
    """Where a search may be; the items are the steps from here. ``after_word`` is ``None`` at the beginning."""

    def __init__(self, places: frozenset[int], after_word: bool | None, *, matched: bool = False) -> None:
        super().__init__()
        self.places = places
        self.after_word = after_word
        self.matched = matched


_FOUND: Final = _State(frozenset(), None, matched=True)


def _is_at(anchor: Anchor, after_word: bool | None, symbol: str) -> bool:
    match anchor.place:
        case "start":
            return after_word is None
        case "end":
            return symbol in (_END, _LAST_NEWLINE)
        case "very end":
            return symbol == _END
    edge = bool(after_word) != _is_word(symbol[:1])
    return edge if anchor.place == "word edge" else not edge


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _holds(wanted: OneOf, character: str, any_case: bool) -> bool:
    forms = {character, character.lower(), character.upper()} if any_case else {character}
    within = any(first <= form <= last for first, last in wanted.ranges for form in forms)
    return (within or any(_is_of(kind, character) for kind in wanted.classes)) != wanted.negated


def _is_of(kind: str, character: str) -> bool:
    match kind.lower():
        case "d":
            held = character.isdecimal()
        case "s":
            held = character.isspace()
        case _:
            held = _is_word(character)
    return held == kind.islower()
