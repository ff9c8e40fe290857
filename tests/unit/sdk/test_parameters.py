"""Tests of ``pellucid.sdk.parameters``."""

from __future__ import annotations

import math
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.base.errors import UsageError
from pellucid.sdk import parameters
from pellucid.wire.tasks import Parameter


class Mode(Enum):
    """A choice."""

    fast = 1
    exact = 2


@pytest.mark.parametrize(
    ("value", "text", "type_"),
    [
        (3, "3", "int"),
        (0.5, "0.5", "float"),
        (True, "True", "bool"),
        ("x", "x", "str"),
        (None, "", None),
        ([1, 2], "[1, 2]", "list/int"),
        ((1, 2), "[1, 2]", "tuple/int"),
        ([1, "a"], '[1, "a"]', "list"),
        ([], "[]", "list"),
        ({}, "{}", "dict"),
        ([{"a": 1}], '[{"a": 1}]', "list/dict"),
        (Mode.fast, "fast", "Mode"),
        (np.float32(0.5), "0.5", "float"),
        (np.int64(7), "7", "int"),
        (Path("/data"), "/data", "PosixPath"),
    ],
)
def test_values_as_the_protocol_keeps_them(value: Any, text: str, type_: str | None) -> None:
    """Text and type (protocol §3.3)."""
    assert parameters.encode_value(value) == (text, type_)


def test_an_enum_lists_its_choices() -> None:
    """In the description."""
    parameter = parameters.encode("Args/mode", Mode.fast)

    assert parameter.description == "one of fast, exact"


_PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(min_size=1)


@given(st.dictionaries(st.text(min_size=1), _PLAIN | st.lists(_PLAIN)))
def test_what_is_encoded_is_decoded(values: dict[str, Any]) -> None:
    """A parameter read with its type is the value that was written."""
    encoded = {name: parameters.encode(f"S/{name}", value) for name, value in values.items()}

    assert {name: parameters.decode(parameter) for name, parameter in encoded.items()} == values


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("5", 3, 5),
        ("5.0", 3, 5),
        ("5", 0.1, 5.0),
        ("true", False, True),
        ("0", True, False),
        ("[3]", (1, 2), (3,)),
        ("['a', 'b']", [], ["a", "b"]),
        ('{"a": 1}', {}, {"a": 1}),
        ("exact", Mode.fast, Mode.exact),
        ("", None, None),
        ("text", "default", "text"),
    ],
)
def test_a_stored_text_takes_the_default_s_type(text: str, default: Any, value: Any) -> None:
    """What the agent's run gets (sdk-surface §4.11)."""
    cast = parameters.cast_like(text, default)

    assert cast == value
    assert type(cast) is type(value)


@pytest.mark.parametrize(
    ("text", "default"), [("x", 1), ("1.5", 1), ("perhaps", True), ("3", [1]), ("slow", Mode.fast)]
)
def test_a_text_that_does_not_fit_is_an_error(text: str, default: Any) -> None:
    """The caller keeps the default then."""
    with pytest.raises(ValueError, match=text):
        parameters.cast_like(text, default)


def test_none_takes_the_stored_type() -> None:
    """A default of ``None`` says nothing about the type."""
    assert parameters.cast_like("5", None, "int") == 5


def test_a_stored_value_that_does_not_fit_its_type_stays_text() -> None:
    """Somebody may have typed it into a form."""
    assert parameters.decode(Parameter(section="S", name="n", value="many", type="int")) == "many"
    assert math.isinf(parameters.decode(Parameter(section="S", name="n", value="inf", type="float")))


@pytest.mark.parametrize("name", ["", " ", "/x", "Args/", 3, None])
def test_a_name_needs_text_on_both_sides(name: Any) -> None:
    """The message shows the name."""
    with pytest.raises(UsageError, match=r"name: .*can't name a parameter"):
        parameters.split_name(name)


def test_the_first_slash_separates() -> None:
    """The others belong to the name."""
    assert parameters.split_name("Args/model/depth") == ("Args", "model/depth")
    assert parameters.split_name("lr") == ("General", "lr")


def test_dictionaries_flatten_and_keys_become_text() -> None:
    """Empty dictionaries are values (sdk-surface C17)."""
    assert parameters.flatten({"a": {"b": {1: 2}}, "e": {}}) == {"a/b/1": 2, "e": {}}


def test_nested_again() -> None:
    """By section and slashes; a value beside a branch of the same name is kept."""
    present = parameters.merged({}, [parameters.encode(name, 1) for name in ("A/x", "A/x/y", "A/z/y")])

    assert parameters.nested(present, parameters.decode) == {"A": {"x": 1, "x/": {"y": 1}, "z": {"y": 1}}}


def test_a_text_in_place_of_a_number_keeps_the_type() -> None:
    """``set_parameters({"lr": "0.5"})`` on a copied task must not make a text of it (sdk-surface M203)."""
    present = parameters.encode("Args/lr", 0.1, description="step size")

    changed = parameters.keeping_type(parameters.encode("Args/lr", "0.5"), present)

    assert (changed.value, changed.type, changed.description) == ("0.5", "float", "step size")
