"""Conditions of searches: a small algebra over the fields of documents.

A field is a dotted path, such as ``status``, ``runtime.progress`` or ``hyperparams.Args.lr.value``; see
``pellucid.store.field_paths`` for names that hold dots themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal[">=", ">", "<=", "<"]


@dataclass(frozen=True, slots=True)
class Has:
    """The field is one of the values or, being a list, contains one. ``None`` stands for a missing or empty field."""

    field: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """A regular expression is found in the field, or in an element of it."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Compares:
    """The field has a value, which is so to a moment or a number."""

    field: str
    operator: Operator
    value: datetime | float


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = Has | Matches | Compares | Every | Some | Without
