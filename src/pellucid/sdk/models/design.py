"""What a model is like: its design as a text or a dictionary, its labels, its framework (sdk-surface §3 BaseModel)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from pellucid.base.errors import UsageError
from pellucid.sdk.parameters import encode_value

_SUFFIXES: Final = {
    "PyTorch": (".pt", ".pth"),
    "TensorFlow": (".pb", ".tf"),
    "Keras": (".keras", ".h5", ".hdf5"),
    "ONNX": (".onnx",),
    "XGBoost": (".xgb", ".ubj"),
    "ScikitLearn": (".joblib", ".pkl"),
    "LightGBM": (".lgb",),
    "CatBoost": (".cbm",),
    "Caffe": (".caffemodel", ".prototxt"),
    "MXNet": (".params",),
    "MegEngine": (".mge",),
}
"""Suffixes of the files of a framework, the usual one first."""

_FRAMEWORKS: Final = {suffix: framework for framework, suffixes in _SUFFIXES.items() for suffix in suffixes}


def design_text(config_text: object, config_dict: object) -> str | None:
    """The design of a model as the protocol keeps it, a text; a dictionary becomes JSON, which HOCON, the language of
    designs, includes.

    Returns:
        The text; ``None`` if none is given.

    Raises:
        UsageError: both are given, or one is of another kind.
    """
    if config_text is not None and config_dict is not None:
        raise UsageError(f"config_text is {config_text!r}, and config_dict is given too; allowed is one of them")
    if config_dict is not None:
        if not isinstance(config_dict, Mapping):
            raise UsageError(f"config_dict is {config_dict!r}; allowed is a dictionary")
        # A dictionary of anything can be kept: what JSON has no words for becomes what parameters would be.
        return json.dumps(_plain(config_dict), indent=4, ensure_ascii=False)
    if config_text is not None and not isinstance(config_text, str):
        raise UsageError(f"config_text is {config_text!r}; allowed is a text")
    return config_text


def design_dict(text: str) -> dict[str, Any]:
    """A design as a dictionary; empty if it is none.

    Raises:
        UsageError: it is neither JSON nor HOCON.
    """
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        value = _from_hocon(text)
    if not isinstance(value, dict):
        raise UsageError(
            f"config_dict: the design is {text[:100]!r}, which is no dictionary; config_text gives the text"
        )
    return value


def check_labels(argument: str, value: object) -> dict[str, int] | None:
    """Names of classes to their numbers."""
    if value is None:
        return None
    if isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(number, int) and not isinstance(number, bool)
        for name, number in value.items()
    ):
        return dict(value)
    raise UsageError(f"{argument} is {value!r}; allowed is a dictionary of names to integers, such as {{'cat': 1}}")


def framework_of(file_name: str) -> str | None:
    """The framework whose files are called so, ``None`` if that is not known."""
    return _FRAMEWORKS.get(PurePosixPath(file_name).suffix.lower())


def with_suffix(file_name: str, framework: str) -> str:
    """A file's name with its framework's suffix, if it has none of those that the framework uses (sdk-surface M180)."""
    suffixes = _SUFFIXES.get(framework)
    if suffixes is None or PurePosixPath(file_name).suffix:
        return file_name
    return f"{file_name}{suffixes[0]}"


def joined(*lines: str) -> str:
    """A comment of several lines, without those that are empty."""
    return "\n".join(line for line in lines if line)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else encode_value(value)[0]


def _from_hocon(text: str) -> Any:
    # Costs a tenth of a second, which only those pay who have such a design.
    from pyhocon import ConfigFactory, ConfigTree
    from pyhocon.exceptions import ConfigException
    from pyparsing import ParseBaseException

    try:
        tree = ConfigFactory.parse_string(text)
    except (ConfigException, ParseBaseException) as error:
        raise UsageError(
            f"config_dict: the design is neither JSON nor HOCON; config_text gives the text: {error}"
        ) from error
    return tree.as_plain_ordered_dict() if isinstance(tree, ConfigTree) else tree
