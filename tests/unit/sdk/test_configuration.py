"""Tests of ``pellucid.sdk.configuration``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyhocon
import pytest
import yaml

from pellucid.base.errors import UsageError
from pellucid.sdk.configuration import from_text, read_file, to_text

VALUE = {"a": 1, "b": [1, 2.5, None, True], "c": {"d.e": "ü", "f": {}}, "text": "x: y\n# no comment", "": []}


def test_m217_what_is_kept_is_read_by_all() -> None:
    """As JSON, HOCON and YAML it says the same."""
    text = to_text(VALUE)

    assert from_text(text, "dictionary") == VALUE
    assert yaml.safe_load(text) == VALUE
    readable = {key: value for key, value in VALUE.items() if key}  # a key must have a name in HOCON
    assert pyhocon.ConfigFactory.parse_string(to_text(readable)).as_plain_ordered_dict() == readable


def test_what_json_has_no_words_for() -> None:
    """Is kept as well as can be."""
    value = {1: (1, 2), "path": Path("/data"), "number": np.float32(0.5), "rows": np.int64(3)}

    assert from_text(to_text(value), None) == {"1": [1, 2], "path": "/data", "number": 0.5, "rows": 3}


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ('{"a": 1}', None, {"a": 1}),
        ("[1, 2]", "yaml", [1, 2]),
        ("a: 1\nb:\n  - x\n  - y: 2\n", "yaml", {"a": 1, "b": ["x", {"y": 2}]}),
        ("- 1\n- 2\n", "yml", [1, 2]),
        ("a: {b: 1}\n", "OmegaConf YAML", {"a": {"b": 1}}),
        ('a { b = 1, "c.d" = [x, y] }\nf = ${a.b}', "conf", {"a": {"b": 1, "c.d": ["x", "y"]}, "f": 1}),
        ("a = 1\n", None, {"a": 1}),
        ("? [complex key]\n: 1\n- x", "hocon", None),
    ],
)
def test_texts_of_all_kinds(text: str, type_: str | None, expected: Any) -> None:
    """By their type where it matters."""
    if expected is None:
        with pytest.raises(ValueError, match="; "):
            from_text(text, type_)
    else:
        assert from_text(text, type_) == expected


def test_without_a_reader_of_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(ValueError, match="takes the package pyyaml"):
        from_text("a: [", "yaml")


def test_files(tmp_path: Path) -> None:
    """Texts only."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "text").write_text("ü")

    assert read_file(tmp_path / "text", "file") == "ü"
    for name in ("binary", "missing", "."):
        with pytest.raises(UsageError, match=r"file is .*; allowed is the path of a text file"):
            read_file(tmp_path / name, "file")
