"""What a Job and its pods say about how far they are (Kubernetes, API reference: JobStatus, PodStatus)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pellucid.engines.cluster import JobState, Phase
from pellucid.engines.kubernetes_manifest import CONTAINER

_HOPELESS: Final = frozenset(
    {"InvalidImageName", "ImagePullBackOff", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"}
)
"""Reasons of a container that waits and that nobody has to wait for any longer."""

_BY_SIGNAL: Final = 128
"""Shells, and so containers, add the number of a signal to it."""

_PREEMPTED: Final = "PreemptionByScheduler"


def ended_state(job: Mapping[str, Any], pods: Sequence[Mapping[str, Any]]) -> JobState | None:
    """How a Job has ended; ``None`` if it has not."""
    conditions = {one["type"]: one for one in _status(job).get("conditions") or [] if one.get("status") == "True"}
    if "Complete" in conditions:
        return JobState(phase=Phase.ENDED, code=0)
    failed = conditions.get("Failed")
    if failed is None:
        return None
    if failed.get("reason") == "DeadlineExceeded":
        return _lost("ran out of its time; ask for more by the resource 'time'")
    states = [_failure(pod) for pod in pods if _status(pod).get("phase") == "Failed"]
    # With one all are ended, so that those that were ended by a signal are not the reason.
    states.sort(key=lambda state: (not state.is_preempted, state.code is not None, (state.code or 0) < 0))
    return states[0] if states else _lost(f"failed: {failed.get('message') or 'its pods are gone'}")


def has_ended(pod: Mapping[str, Any]) -> bool:
    """Whether a pod has printed all that it will."""
    return _status(pod).get("phase") in ("Succeeded", "Failed")


def waiting_reason(pods: Sequence[Mapping[str, Any]]) -> tuple[str | None, bool]:
    """Why a Job that goes on does not run, and whether it never will; ``None`` if it runs."""
    if not pods:
        return "", False
    for pod in pods:
        status = _status(pod)
        if status.get("phase") != "Pending":
            continue
        waiting = (_container(status).get("state") or {}).get("waiting") or {}
        if waiting.get("reason"):
            words = ": ".join(filter(None, (waiting["reason"], waiting.get("message"))))
            return words, waiting["reason"] in _HOPELESS
        unplaced = [one for one in status.get("conditions") or [] if one.get("status") == "False"]
        return next((str(one["message"]) for one in unplaced if one.get("message")), ""), False
    return None, False


def _failure(pod: Mapping[str, Any]) -> JobState:
    status = _status(pod)
    for one in status.get("conditions") or []:
        if one.get("type") == "DisruptionTarget" and one.get("status") == "True":
            why = f"had to leave its node: {one.get('message') or one.get('reason')}"
            return _lost(why, is_preempted=one.get("reason") == _PREEMPTED)
    if status.get("reason"):
        # "Evicted", "NodeLost", "NodeShutdown", ...
        return _lost(f"lost its pod ({status['reason']}): {status.get('message') or 'no reason given'}")
    ended = (_container(status).get("state") or {}).get("terminated") or {}
    if ended.get("reason") == "OOMKilled":
        return _lost("ran out of its memory; ask for more by the resource 'memory'")
    if ended.get("reason") in ("ContainerCannotRun", "StartError"):
        return _lost(f"can't run its program: {ended.get('message')}")
    code = int(ended.get("exitCode", 1))
    return JobState(phase=Phase.ENDED, code=_BY_SIGNAL - code if code > _BY_SIGNAL else code)


def _lost(why: str, *, is_preempted: bool = False) -> JobState:
    return JobState(phase=Phase.ENDED, why=why, is_preempted=is_preempted)


def _container(status: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((one for one in status.get("containerStatuses") or [] if one.get("name") == CONTAINER), {})


def _status(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    return thing.get("status") or {}
