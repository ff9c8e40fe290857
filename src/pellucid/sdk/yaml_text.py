"""YAML, where the package that reads it is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def from_yaml(text: str) -> Any:
    """What a text in YAML says.

    Raises:
        ValueError: it is no YAML, or the package is missing.
    """
    try:
        yaml = import_module("yaml")  # which is not for every training environment
    except ImportError as error:
        raise ValueError("reading YAML takes the package pyyaml, which is not installed") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
