"""``only_fields``: part of a document, by dotted paths (protocol §2.0)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pellucid.store.field_paths import readings

_OF_A_SERIES: Final = 3
"""Parts of the path of a series: ``last_metrics``, and the hashes of title and series."""


def wants(fields: str | Sequence[str] | None, field: str) -> bool:
    """Whether a projection keeps something of a field, so that it need be read at all."""
    paths = [fields] if isinstance(fields, str) else list(fields or [])
    wanted = [path for path in paths if not path.startswith("-")]
    return not wanted or any(path.partition(".")[0] == field for path in wanted)


def wanted_series(fields: str | Sequence[str] | None) -> list[tuple[str, str]] | None:
    """The series of ``last_metrics`` that a projection keeps, by their hashed names; ``None`` for all of them."""
    paths = [fields] if isinstance(fields, str) else list(fields or [])
    of_metrics = [path.split(".") for path in paths if path.partition(".")[0] == "last_metrics"]
    if not of_metrics or any(len(path) < _OF_A_SERIES for path in of_metrics):
        return None
    return [(path[1], path[2]) for path in of_metrics]


def project(document: dict[str, Any], fields: str | Sequence[str] | None) -> dict[str, Any]:
    """What is left of a document.

    Args:
        document: a whole document with an ``id``.
        fields: paths to keep, or with a leading ``-`` to leave out; ``None`` keeps everything. Paths that lead nowhere
            are passed over, since existing clients send such.
    """
    paths = [fields] if isinstance(fields, str) else list(fields or [])
    wanted = [path for given in paths if not given.startswith("-") for path in sorted(readings(given))]
    unwanted = [path for given in paths if given.startswith("-") for path in readings(given[1:])]
    result = document if not wanted else {}
    for path in [("id",), *wanted] if wanted else []:
        _copy(document, result, path)
    for path in unwanted:
        result = _without(result, path)
    return result


def _copy(source: dict[str, Any], target: dict[str, Any], path: Sequence[str]) -> None:
    head, *rest = path
    if head not in source:
        # Names may hold dots themselves; then the whole rest is one key.
        head, rest = ".".join(path), []
        if head not in source:
            return
    value = source[head]
    if not rest or not isinstance(value, dict):
        target[head] = value
        return
    nested = target.get(head)
    if not isinstance(nested, dict) or nested is value:
        nested = target[head] = {}
    _copy(value, nested, rest)


def _without(document: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    head, *rest = path
    if head not in document or (head == "id" and not rest):
        return document
    if not rest:
        return {key: value for key, value in document.items() if key != head}
    nested = document[head]
    return {**document, head: _without(nested, rest)} if isinstance(nested, dict) else document
