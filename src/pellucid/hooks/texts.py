"""Arguments as the texts that a task keeps of them."""

from __future__ import annotations

import ast
import json
from typing import Any


def items(text: str) -> list[Any]:
    """The elements of a list as JSON or Python write it, or separated by commas."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError):
            continue
        return list(value) if isinstance(value, list | tuple) else [value]
    return [part.strip() for part in text.strip("[]() ").split(",") if part.strip()]


def says(text: str, value: Any) -> bool:
    """Whether a text is what a task keeps of a value, which then need not be replaced."""
    if value is None:
        return text == ""
    if isinstance(value, list | tuple):
        return text == str(value) or [str(item) for item in items(text)] == [str(item) for item in value]
    return text == str(value)
