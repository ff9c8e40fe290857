"""Tests of ``pellucid.hooks.argparse_values``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from pellucid.hooks.argparse_values import cast


def cast_as(text: str, **options: Any) -> Any:
    """A text as the value of an argument with some options."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    return cast(parser, parser.add_argument("--name", **options), text)


@pytest.mark.parametrize(
    ("text", "options", "value"),
    [
        ("3", {"type": int}, 3),
        ("", {"type": int}, None),
        ("3", {"default": 1}, 3),
        ("1.5", {"default": 1}, 1.5),
        ("many", {"default": 1}, "many"),
        ("/data", {"type": Path}, Path("/data")),
        ("False", {"type": bool}, False),
        ("1", {"type": bool, "default": False}, True),
        ("True", {"action": "store_true"}, True),
        ("False", {"action": "store_false"}, False),
        ("False", {"action": argparse.BooleanOptionalAction, "default": True}, False),
        ("2", {"action": "count"}, 2),
        ("yes", {"action": "store_const", "const": "yes", "default": "no"}, "yes"),
        ("no", {"action": "store_const", "const": "yes", "default": "no"}, "no"),
        ('["a", "b"]', {"action": "append"}, ["a", "b"]),
        ("[1, 2]", {"action": "append", "type": int}, [1, 2]),
        ("[[1, 2], [3, 4]]", {"action": "append", "type": int, "nargs": 2}, [[1, 2], [3, 4]]),
        ("[1, 2]", {"action": "extend", "type": int, "nargs": "+"}, [1, 2]),
        ("['a']", {"action": "append_const", "const": "a"}, ["a"]),
        ("1, 2", {"nargs": 2, "type": int}, [1, 2]),
        ("[4]", {"nargs": "*", "type": int, "default": [1]}, [4]),
        ("5", {"nargs": "?", "type": int, "const": 5}, 5),
        ("b", {"choices": ["a", "b"]}, "b"),
    ],
)
def test_a_text_is_what_the_parser_would_make_of_it(text: str, options: dict[str, Any], value: object) -> None:
    """Of each kind of argument."""
    found = cast_as(text, **options)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "options"),
    [("many", {"type": int}), ("c", {"choices": ["a", "b"]}), ("[1, 'a']", {"nargs": 2, "type": int})],
)
def test_a_text_that_can_be_none(text: str, options: dict[str, Any]) -> None:
    """The error names the argument."""
    with pytest.raises(argparse.ArgumentError, match="--name"):
        cast_as(text, **options)
