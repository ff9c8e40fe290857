"""What keeps a task from being run, in one sentence that says what to do about it."""

from __future__ import annotations


class PreparationError(Exception):
    """A task can't be run as it is described; the text is for the task's console and status."""
