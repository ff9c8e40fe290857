"""Parameters of training, before they reach a library."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.hooks.training_parameters import TrainingParameters
from pellucid.testing.reports import RecordedReports


def train(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
    """What a library's function gets."""
    return args, kwargs


@pytest.fixture
def reports() -> RecordedReports:
    """A run whose task has another rate."""
    reports = RecordedReports()
    reports.overrides = {"eta": 0.5}
    return reports


def test_what_the_task_has_is_used(reports: RecordedReports) -> None:
    """By place, by name, and of pairs; what is no plain value is passed on and not recorded."""
    parameters = TrainingParameters("example", "Example", lambda: reports)
    objective = object()
    assert parameters.around(train, {"eta": 0.1, "f": objective}, 3, x=1) == (
        ({"eta": 0.5, "f": objective}, 3),
        {"x": 1},
    )
    assert parameters.around(train, params=[("eta", 0.1)]) == ((), {"params": {"eta": 0.5}})
    assert parameters.around(train, x=1) == ((), {"x": 1})
    assert reports.parameters == {"Example": {"eta": 0.5}}


def test_other_parameters_are_the_program_s_own(reports: RecordedReports) -> None:
    """Of a program that tries several; the next task begins anew."""
    receivers = [reports]
    parameters = TrainingParameters("example", "Example", lambda: receivers[0])
    assert parameters.of({"eta": 0.1}) == {"eta": 0.5}
    assert parameters.of({"eta": 0.2}) == {"eta": 0.2}
    assert parameters.of({"eta": 0.1}) == {"eta": 0.5}
    receivers[0] = RecordedReports()
    assert parameters.of({"eta": 0.2}) == {"eta": 0.2}
    assert receivers[0].parameters == {"Example": {"eta": 0.2}}


def test_nobody_listens() -> None:
    """The program's own are passed on as they are."""
    given = [("eta", 0.1)]
    assert TrainingParameters("example", "Example", lambda: None).of(given) is given
