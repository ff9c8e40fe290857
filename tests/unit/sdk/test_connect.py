"""Tests of ``pellucid.sdk.connect``."""

from __future__ import annotations

import argparse
import copy
import pickle
from dataclasses import dataclass, field
from typing import Any

import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk.connect import (
    ConnectedDict,
    attributes_of,
    is_argument_parser,
    overridden,
    put_into_dict,
    put_into_object,
)
from pellucid.sdk.parameters import Flat, encode
from pellucid.wire.tasks import Parameter


@pytest.fixture
def changes() -> list[tuple[Flat, Flat]]:
    """What was told."""
    return []


@pytest.fixture
def connected(changes: list[tuple[Flat, Flat]]) -> ConnectedDict:
    """A dictionary with one in it."""
    return ConnectedDict({"x": 1, "n": {"y": 2}}, lambda before, after: changes.append((before, after)))


def _set(d: Any) -> None:
    d["x"] = 5


def _set_inner(d: Any) -> None:
    d["n"]["y"] = 5


def _replace_inner(d: Any) -> None:
    d["n"] = {"z": 3}


def _or(d: Any) -> None:
    d |= {"x": 5}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_set, ({"x": 1}, {"x": 5})),
        (_set_inner, ({"n/y": 2}, {"n/y": 5})),
        (_replace_inner, ({"n/y": 2}, {"n/z": 3})),
        (_or, ({"x": 1}, {"x": 5})),
        (lambda d: d.update(x=5, w=6), ({"x": 1}, {"x": 5, "w": 6})),
        (lambda d: d.setdefault("w", 6), ({}, {"w": 6})),
        (lambda d: d.pop("x"), ({"x": 1}, {})),
        (lambda d: d.popitem(), ({"n/y": 2}, {})),
        (lambda d: d["n"].clear(), ({"n/y": 2}, {})),
        (lambda d: d.__delitem__("n"), ({"n/y": 2}, {})),
    ],
)
def test_every_change_is_told(
    connected: ConnectedDict, changes: list[tuple[Flat, Flat]], change: Any, told: tuple[Flat, Flat]
) -> None:
    """Once, with what was there and what is there now."""
    change(connected)

    assert changes == [told]


def test_it_is_a_dictionary(connected: ConnectedDict) -> None:
    """For all who look at it."""
    assert isinstance(connected, dict)
    assert connected == {"x": 1, "n": {"y": 2}}
    assert dict(**connected) == {"x": 1, "n": {"y": 2}}


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d)), dict.copy])
def test_copies_are_plain(connected: ConnectedDict, changes: list[Any], make: Any) -> None:
    """A worker process, or a second experiment, must not write into this task."""
    plain = make(connected)
    plain["x"] = 9

    assert type(plain) is dict
    assert changes == []
    assert connected["x"] == 1


def test_the_original_is_left_alone() -> None:
    """Only the returned dictionary tells of changes."""
    original = {"n": {"y": 1}}
    ConnectedDict(original, lambda *_: None)["n"]["y"] = 2

    assert original == {"n": {"y": 1}}


class Person:
    """An ordinary class."""

    species = "human"

    def __init__(self) -> None:
        self.name = "Erik"
        self.tastes = {"sweet": 1}
        self._secret = 1
        self.greet = lambda: None

    def method(self) -> None:
        """No parameter."""

    @property
    def loud(self) -> str:
        """No parameter either."""
        return self.name.upper()


@dataclass
class Options:
    """A data class."""

    rate: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1, 2])


@pytest.mark.parametrize(
    ("target", "attributes"),
    [
        (Person(), {"name": "Erik", "tastes/sweet": 1}),
        (Person, {"species": "human"}),
        (Options(), {"rate": 0.1, "layers": [1, 2]}),
        (argparse.Namespace(lr=0.1), {"lr": 0.1}),
    ],
)
def test_attributes_that_are_data(target: Any, attributes: Flat) -> None:
    """Public ones, no methods (sdk-surface §4.11)."""
    assert attributes_of(target) == attributes


@pytest.mark.parametrize("target", [3, "text", [1], None, print])
def test_other_things_are_refused(target: Any) -> None:
    """The message says what is allowed."""
    with pytest.raises(UsageError, match="allowed is a dictionary"):
        attributes_of(target)


def _stored(**values: Any) -> dict[str, Parameter]:
    return {name: encode(f"S/{name}", value) for name, value in values.items()}


def test_the_task_s_values_replace_the_program_s(caplog: pytest.LogCaptureFixture) -> None:
    """Cast to the program's types; what can't be cast, or is not there, stays; the rest of the task is not let in."""
    values = {"epochs": 3, "rate": 0.1, "mode": "a"}

    settled = overridden(values, _stored(epochs="7", rate="a lot", other=1))

    assert settled == {"epochs": 7, "rate": 0.1, "mode": "a"}
    assert "'rate' of the task is ignored" in caplog.text


def test_values_go_into_dictionaries_and_objects() -> None:
    """In place."""
    nested = {"a": 1, "n": {"b": 2}}
    person = Person()

    put_into_dict(nested, {"a": 5, "n/b": 6})
    put_into_object(person, {"name": "Ada", "tastes/sweet": 9})

    assert nested == {"a": 5, "n": {"b": 6}}
    assert (person.name, person.tastes) == ("Ada", {"sweet": 9})


def test_a_parser_is_known() -> None:
    """Its arguments are recorded when it parses."""
    assert is_argument_parser(argparse.ArgumentParser())
    assert not is_argument_parser(argparse.Namespace())
