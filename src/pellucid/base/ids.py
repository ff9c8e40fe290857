"""Identifiers: 32 lower-case hexadecimal characters (protocol §3)."""

from __future__ import annotations

import re
import uuid

_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """A fresh random id."""
    return uuid.uuid4().hex


def is_id(text: str) -> bool:
    """Whether the text has the form of an id; says nothing about whether it exists."""
    return _ID.fullmatch(text) is not None
