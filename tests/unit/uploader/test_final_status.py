"""How a run ends on the server."""

from __future__ import annotations

import msgspec
import pytest

from pellucid.client.session import Client
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.uploader.final_status import set_final_status
from pellucid.uploader.ship import Shipper
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


@pytest.fixture
def shipper(tracker: FakeTracker) -> Shipper:
    """Ships to the tracker."""
    return Shipper(Client(tracker.server.url, None, None), lambda _: None)


@pytest.mark.parametrize("status", [TaskStatus.completed, TaskStatus.failed, TaskStatus.stopped])
def test_the_status_is_set_by_force_with_its_reason(tracker: FakeTracker, shipper: Shipper, status: TaskStatus) -> None:
    """A task that never got to ``in_progress`` ends, too."""
    tracker.status = "created"
    set_final_status(shipper, "t", End(status, "why", "more"), by_itself=True)

    assert tracker.actions == [f"tasks.{status}"]
    assert msgspec.json.decode(tracker.server.requests[-1].body) == {
        "task": "t",
        "force": True,
        "status_reason": "why",
        "status_message": "more",
    }


@pytest.mark.parametrize(
    ("present", "by_itself", "changed"),
    [
        ("in_progress", False, True),
        ("stopped", False, False),
        ("completed", False, False),
        ("stopped", True, True),
        ("published", True, False),
    ],
)
def test_an_end_that_stands_already(
    tracker: FakeTracker, shipper: Shipper, present: str, by_itself: bool, changed: bool
) -> None:
    """Who stopped a task and then killed it meant it to be stopped; what the run itself says counts."""
    tracker.status = present
    set_final_status(shipper, "t", End(TaskStatus.failed, "Exit code 3"), by_itself=by_itself)

    assert tracker.actions == (["tasks.failed"] if changed else [])


def test_a_status_that_ends_nothing_is_left_alone(tracker: FakeTracker, shipper: Shipper) -> None:
    """A run that put itself into a queue has said so by calls of its own."""
    set_final_status(shipper, "t", End(TaskStatus.queued), by_itself=True)

    assert tracker.server.requests == []
