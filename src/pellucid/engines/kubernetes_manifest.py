"""What Kubernetes is asked to make for a plan (Kubernetes, API reference: Job, Secret)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from pellucid.engines.base import NODE_RANK, LaunchError, LaunchPlan
from pellucid.engines.resources import Resources

CONTAINER: Final = "task"
_KEPT_SECONDS: Final = 3600
"""For how long a job that has ended is there to be looked at."""

_LABELS: Final = {"app.kubernetes.io/managed-by": "pellucid"}
_RANK: Final = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
_GPU: Final = "nvidia.com/gpu"


def job_manifest(name: str, plan: LaunchPlan, template: Mapping[str, Any], stop_seconds: int) -> dict[str, Any]:
    """A Job.

    Args:
        name: of the Job, and of the Secret with its variables.
        plan: what to run.
        template: a Job's manifest to begin with; what the plan says counts first.
        stop_seconds: that its pods have to end.

    Raises:
        LaunchError: neither the plan nor the template says which image.
    """
    job = copy.deepcopy(dict(template))
    job |= {"apiVersion": "batch/v1", "kind": "Job"}
    metadata = _part(job, "metadata")
    metadata["name"] = name
    metadata["labels"] = {**(metadata.get("labels") or {}), **_LABELS}
    spec = _part(job, "spec")
    # A task must not run twice: whoever has queued it decides about another try.
    spec |= {"backoffLimit": 0}
    spec.setdefault("ttlSecondsAfterFinished", _KEPT_SECONDS)
    if plan.resources.time is not None:
        spec["activeDeadlineSeconds"] = plan.resources.time
    if plan.resources.nodes > 1:
        nodes = plan.resources.nodes
        spec |= {"completions": nodes, "parallelism": nodes, "completionMode": "Indexed"}
    pod = _part(spec, "template", "spec")
    pod["restartPolicy"] = "Never"
    pod.setdefault("terminationGracePeriodSeconds", stop_seconds)
    containers = pod.get("containers") or [{}]
    pod["containers"] = [_container(containers[0], name, plan), *containers[1:]]
    return job


def secret_manifest(name: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """A Secret with variables."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "labels": _LABELS},
        "stringData": dict(variables),
    }


def _container(given: Mapping[str, Any], name: str, plan: LaunchPlan) -> dict[str, Any]:
    image = plan.resources.image or given.get("image")
    if not image:
        raise LaunchError(
            "Kubernetes needs an image: the resource 'image', the task's container, or one in the agent's template"
        )
    container = {
        **given,
        "name": CONTAINER,
        "image": image,
        "command": plan.command,
        "workingDir": str(plan.folder),
        "envFrom": [*(given.get("envFrom") or []), {"secretRef": {"name": name}}],
        "resources": _resources(given.get("resources") or {}, plan.resources),
    }
    if plan.resources.nodes > 1:
        rank = {"name": NODE_RANK, "valueFrom": {"fieldRef": {"fieldPath": _RANK}}}
        container["env"] = [*(given.get("env") or []), rank]
    return container


def _resources(given: Mapping[str, Any], resources: Resources) -> dict[str, Any]:
    """Cores are asked for, memory and GPUs are limits as well."""
    memory = {} if resources.memory is None else {"memory": f"{resources.memory}Mi"}
    gpus = {} if resources.gpus is None else {_GPU: str(resources.gpus)}
    cpus = {} if resources.cpus is None else {"cpu": str(resources.cpus)}
    return {
        **given,
        "requests": {**(given.get("requests") or {}), **cpus, **memory, **gpus},
        "limits": {**(given.get("limits") or {}), **memory, **gpus},
    }


def _part(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """A part of a document, which is made if it is missing."""
    for name in names:
        document[name] = dict(document.get(name) or {})
        document = document[name]
    return document
