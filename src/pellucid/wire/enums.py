"""Closed vocabularies of the protocol (protocol §3.1)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class TaskType(StrEnum):
    """What a task is for."""

    training = "training"
    testing = "testing"
    inference = "inference"
    data_processing = "data_processing"
    application = "application"
    monitor = "monitor"
    controller = "controller"
    optimizer = "optimizer"
    service = "service"
    qc = "qc"
    custom = "custom"


class TaskStatus(StrEnum):
    """Where a task is in its life (protocol §2.3 has the transitions)."""

    created = "created"
    queued = "queued"
    in_progress = "in_progress"
    stopped = "stopped"
    publishing = "publishing"
    published = "published"
    closed = "closed"
    failed = "failed"
    completed = "completed"
    unknown = "unknown"


FORCED_STOP: Final = "Forced stop (non-responsive)"
"""The reason of a server that has stopped a task of which it had not heard for long (protocol §2.3)."""


class EventType(StrEnum):
    """The kinds of events (protocol §2.6)."""

    scalar = "training_stats_scalar"
    vector = "training_stats_vector"
    image = "training_debug_image"
    plot = "plot"
    log = "log"
