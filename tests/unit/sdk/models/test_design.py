"""Designs, labels and frameworks of models."""

from __future__ import annotations

import pytest

from pellucid import UsageError
from pellucid.sdk.models.design import check_labels, design_dict, design_text, framework_of, joined, with_suffix


@pytest.mark.parametrize("design", [{}, {"layers": 4, "nested": {"a": [1, "ü", None]}}, {"dotted.name": True}])
def test_a_dictionary_comes_back(design: dict[str, object]) -> None:
    """As it was."""
    assert design_dict(design_text(None, design) or "") == design


def test_anything_can_be_in_a_design() -> None:
    """What has no words in JSON becomes a text, keys too."""
    assert design_dict(design_text(None, {1: {2}, "tuple": (1, 2)}) or "") == {"1": "{2}", "tuple": [1, 2]}


def test_a_text_is_a_dictionary_if_it_is_one() -> None:
    """Of JSON or HOCON; others stay texts."""
    assert design_dict("  ") == {}
    assert design_dict('a = 1\nb { c = "x" }') == {"a": 1, "b": {"c": "x"}}
    for text in ("layer one, layer two", "[1, 2]", "a = {"):
        with pytest.raises(UsageError, match="config_dict: the design is"):
            design_dict(text)


def test_one_design() -> None:
    """A text or a dictionary, or none."""
    assert design_text(None, None) is None
    assert design_text("text", None) == "text"
    for text, dictionary in (("text", {}), (3, None), (None, "text")):
        with pytest.raises(UsageError, match="config_"):
            design_text(text, dictionary)


def test_labels() -> None:
    """Names to integers."""
    assert check_labels("labels", None) is None
    assert check_labels("labels", {"cat": 1}) == {"cat": 1}
    for labels in ({"cat": "1"}, {"cat": True}, {1: 1}, ["cat"]):
        with pytest.raises(UsageError, match=r"labels is .*such as \{'cat': 1\}"):
            check_labels("labels", labels)


@pytest.mark.parametrize(
    ("file", "framework"), [("a.pt", "PyTorch"), ("A.ONNX", "ONNX"), ("a.keras", "Keras"), ("a.bin", None), ("a", None)]
)
def test_frameworks_by_suffix(file: str, framework: str | None) -> None:
    """As far as it tells."""
    assert framework_of(file) == framework


def test_a_suffix_is_added() -> None:
    """The framework's usual one, if there is none (sdk-surface M180)."""
    assert with_suffix("net", "PyTorch") == "net.pt"
    assert with_suffix("net.bin", "PyTorch") == "net.bin"
    assert with_suffix("net", "") == "net"


def test_comments() -> None:
    """Without empty lines."""
    assert joined("a", "", "b") == "a\nb"
