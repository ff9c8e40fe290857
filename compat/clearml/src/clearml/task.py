"""``from clearml.task import Task``."""

from pellucid import Task, TaskTypes

__all__ = ["Task", "TaskTypes"]
