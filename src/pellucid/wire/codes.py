"""Result codes that clients act on: HTTP status and subcode (protocol §1.8)."""

from __future__ import annotations

from enum import Enum


class ErrorCode(Enum):
    """An error of the protocol; the value is (HTTP status, subcode, the message's fixed part)."""

    BAD_REQUEST = (400, 0, "Bad request")
    INVALID_ID = (400, 10, "Invalid object id")
    MISSING_FIELDS = (400, 11, "Missing required fields")
    VALIDATION = (400, 12, "Validation error")
    UNSUPPORTED_OPERATOR = (400, 16, "Unsupported filter operator")
    BATCH_EMPTY = (400, 17, "Batch contains no items")
    BATCH_ITEM_INVALID = (400, 18, "Batch item is not a JSON object")
    INVALID_TASK_ID = (400, 101, "Invalid task id")
    INVALID_TASK_STATUS = (400, 110, "Invalid task status")
    CANNOT_DELETE_TASK = (400, 123, "Task cannot be deleted")
    EVENTS_NOT_ADDED = (400, 131, "Events not added")
    INVALID_MODEL_ID = (400, 201, "Invalid model id")
    MODEL_IS_READY = (400, 203, "Model is published")
    MODEL_IN_USE = (400, 205, "Model is used by tasks")
    MODEL_OF_PUBLISHED_TASK = (400, 206, "Model was made by a published task")
    INVALID_PROJECT_ID = (400, 401, "Invalid project id")
    PROJECT_HAS_TASKS = (400, 402, "Project has tasks")
    PROJECT_HAS_MODELS = (400, 405, "Project has models")
    PROJECT_HAS_DATASETS = (400, 406, "Project has datasets")
    INVALID_PROJECT_NAME = (400, 407, "Invalid project name")
    PROJECT_MOVED_BY_NAME = (400, 408, "Project cannot be moved by another name")
    PROJECT_UNDER_ITSELF = (400, 410, "Project cannot be put below itself")
    PROJECT_HAS_PIPELINES = (400, 413, "Project has pipelines")
    INVALID_QUEUE_ID = (400, 701, "Invalid queue id")
    QUEUE_NOT_EMPTY = (400, 702, "Queue is not empty")
    NOT_QUEUED = (400, 703, "Task does not wait in this queue")
    ALREADY_QUEUED = (400, 706, "Task waits in this queue already")
    NO_DEFAULT_QUEUE = (400, 707, "No default queue")
    NAME_EXISTS = (400, 801, "Value combination already exists")
    INVALID_WORKER_ID = (400, 1001, "Invalid worker id")
    INVALID_SCROLL_ID = (400, 1104, "Invalid scroll id")
    UNAUTHORIZED_TYPE = (401, 10, "Unauthorized: unsupported type of credentials")
    NO_CREDENTIALS = (401, 20, "Unauthorized: missing credentials")
    BAD_CREDENTIALS = (401, 21, "Unauthorized: malformed credentials")
    INVALID_CREDENTIALS = (401, 22, "Unauthorized: unknown access key or wrong secret")
    INVALID_TOKEN = (401, 30, "Unauthorized: invalid or expired token")
    FORBIDDEN = (403, 20, "Forbidden for this role")
    CROSS_ORIGIN = (403, 22, "Forbidden: request from another origin")
    NOT_FOUND = (404, 0, "No such endpoint")
    CONTENT_ENCODING = (415, 0, "Compressed requests are not accepted")
    TOO_LARGE = (413, 0, "Request is too large")
    GENERAL = (500, 0, "General error")
    UNAVAILABLE = (503, 0, "Service is temporarily unavailable")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[0]

    @property
    def subcode(self) -> int:
        """``meta.result_subcode``."""
        return self.value[1]

    @property
    def sentence(self) -> str:
        """The fixed part of the message."""
        return self.value[2]
