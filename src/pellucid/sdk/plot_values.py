"""Checks of what is to be plotted: sequences, and arrays of any library, become lists of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from pellucid.base.errors import UsageError
from pellucid.sdk.plot_json import plain


def check_matrix(argument: str, value: object) -> list[list[float]]:
    """Rows of numbers, all of the same length."""
    rows = plain(value)
    if _is_nested(rows) and all(_are_numbers(row) for row in rows) and rows[0] and len({len(row) for row in rows}) == 1:
        return rows
    raise UsageError(f"{argument} is {value!r}; allowed are rows of numbers, all of the same length")


def check_series(argument: str, value: object) -> list[list[float]]:
    """One series of numbers, or several."""
    found = plain(value)
    if _are_numbers(found) and found:
        return [found]
    if _is_nested(found) and all(_are_numbers(row) and row for row in found):
        return found
    raise UsageError(f"{argument} is {value!r}; allowed are numbers, or a list of numbers for each series")


def check_points(argument: str, value: object, dimensions: int) -> list[list[float]]:
    """Points as rows of so many numbers each."""
    points = plain(value)
    if are_points(points, dimensions):
        return points
    raise UsageError(f"{argument} is {value!r}; allowed is a list of points, each of {dimensions} numbers")


def check_clouds(argument: str, value: object, dimensions: int) -> list[list[list[float]]]:
    """Points, or a list of them for each of several series."""
    found = plain(value)
    if are_points(found, dimensions):
        return [found]
    if isinstance(found, list) and found and all(are_points(points, dimensions) for points in found):
        return found
    raise UsageError(
        f"{argument} is {value!r}; allowed is a list of points, each of {dimensions} numbers, or such a list for each "
        "series"
    )


def are_points(points: object, dimensions: int) -> TypeGuard[list[list[float]]]:
    """Whether these are rows of so many numbers each."""
    return _is_nested(points) and all(_are_numbers(point) and len(point) == dimensions for point in points)


def check_labels(argument: str, labels: object, count: int, what: str) -> list[str] | None:
    """A text for each of the things to be labelled; ``None`` is none."""
    found = plain(labels)
    if found is None:
        return None
    if not isinstance(found, list):
        raise UsageError(f"{argument} is {labels!r}; allowed is a list of texts")
    if len(found) != count:
        raise UsageError(f"{argument} has {len(found)} labels; {what} needs {count}")
    return [str(label) for label in found]


def check_each_labels(labels: Any, clouds: Sequence[Sequence[object]]) -> list[list[str] | None]:
    """A text for each point of each series: a flat list is enough if there is only one."""
    nested = plain(labels)
    if nested is None:
        return [None] * len(clouds)
    if len(clouds) == 1 and not (isinstance(nested, list) and nested and isinstance(nested[0], list)):
        nested = [nested]
    if not isinstance(nested, list) or len(nested) != len(clouds):
        raise UsageError(f"labels is {labels!r}; allowed is a list of texts for each of the {len(clouds)} series")
    return [
        check_labels("labels", texts, len(points), "the series") for texts, points in zip(nested, clouds, strict=True)
    ]


def _is_nested(value: object) -> TypeGuard[list[list[Any]]]:
    return isinstance(value, list) and bool(value) and all(isinstance(row, list) for row in value)


def _are_numbers(value: object) -> TypeGuard[list[float]]:
    """Whether it is a list of numbers; null was one that is not finite."""
    return isinstance(value, list) and all(isinstance(number, int | float) or number is None for number in value)
