"""What Jobs and pods mean by their status."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pellucid.engines.cluster import JobState, Phase
from pellucid.engines.kubernetes_pods import ended_state, waiting_reason


def job(kind: str = "Failed", **condition: str) -> dict[str, Any]:
    """A Job with a condition."""
    return {"status": {"conditions": [{"type": kind, "status": "True", **condition}]}}


def pod(phase: str, state: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    """A pod with one container."""
    containers = [] if state is None else [{"name": "task", "state": state}]
    return {"status": {"phase": phase, "containerStatuses": containers, **status}}


def failed(**terminated: Any) -> dict[str, Any]:
    """A pod whose container has failed."""
    return pod("Failed", {"terminated": terminated})


@pytest.mark.parametrize("found", [{}, {"status": {}}, job("Suspended"), {"status": {"conditions": None}}])
def test_a_job_that_goes_on(found: dict[str, Any]) -> None:
    """Has not ended."""
    assert ended_state(found, []) is None


@pytest.mark.parametrize(
    ("pods", "code"),
    [
        ([failed(exitCode=3, reason="Error")], 3),
        ([failed(exitCode=137, reason="Error")], -9),
        ([failed(exitCode=143), failed(exitCode=2), pod("Succeeded", {"terminated": {"exitCode": 0}})], 2),
    ],
)
def test_exit_codes(pods: list[dict[str, Any]], code: int) -> None:
    """Are those of the container that failed by itself."""
    state = ended_state(job(reason="BackoffLimitExceeded"), pods)
    assert state == JobState(phase=Phase.ENDED, code=code)


def test_success() -> None:
    """Needs no pods any more."""
    assert ended_state(job("Complete"), []) == JobState(phase=Phase.ENDED, code=0)


_DISRUPTED = {"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler", "message": "preempted"}


@pytest.mark.parametrize(
    ("found", "pods", "why", "is_preempted"),
    [
        (job(reason="DeadlineExceeded"), [failed(exitCode=137)], "ran out of its time", False),
        (job(), [failed(exitCode=137, reason="OOMKilled")], "ran out of its memory", False),
        (
            job(),
            [pod("Failed", reason="Evicted", message="low on disk")],
            r"lost its pod \(Evicted\): low on disk",
            False,
        ),
        (job(), [pod("Failed", conditions=[_DISRUPTED])], "had to leave its node: preempted", True),
        (job(), [failed(exitCode=128, reason="StartError", message="no such file")], "can't run its program", False),
        (job(message="reached the limit"), [], "failed: reached the limit", False),
    ],
)
def test_losses(found: dict[str, Any], pods: list[dict[str, Any]], why: str, is_preempted: bool) -> None:
    """Have a reason, and no exit code."""
    state = ended_state(found, pods)
    assert state is not None
    assert state.code is None
    assert state.is_preempted is is_preempted
    assert re.match(why, state.why)


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        ([], ("", False)),
        ([pod("Running", {"running": {}})], (None, False)),
        ([pod("Pending", {"waiting": {"reason": "ContainerCreating"}})], ("ContainerCreating", False)),
        ([pod("Pending", {"waiting": {"reason": "InvalidImageName", "message": "x"}})], ("InvalidImageName: x", True)),
        (
            [pod("Pending", conditions=[{"type": "PodScheduled", "status": "False", "message": "Insufficient cpu"}])],
            ("Insufficient cpu", False),
        ),
        ([pod("Running", {"running": {}}), pod("Pending")], ("", False)),
    ],
)
def test_reasons_to_wait(pods: list[dict[str, Any]], expected: tuple[str | None, bool]) -> None:
    """Are those of the first pod that waits."""
    assert waiting_reason(pods) == expected
