"""Pellucid tracks and runs machine-learning experiments.

from pellucid import Task

task = Task.init(project_name="vision", task_name="baseline")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pellucid.base.version import __version__ as __version__

if TYPE_CHECKING:
    from pellucid.base.errors import UsageError as UsageError
    from pellucid.sdk.logger import Logger as Logger
    from pellucid.sdk.models.input_model import InputModel as InputModel
    from pellucid.sdk.models.model import Model as Model
    from pellucid.sdk.models.output_model import OutputModel as OutputModel
    from pellucid.sdk.storage_manager import StorageManager as StorageManager
    from pellucid.sdk.task import Task as Task
    from pellucid.wire.enums import TaskType as TaskTypes

__all__ = [
    "InputModel",
    "Logger",
    "Model",
    "OutputModel",
    "StorageManager",
    "Task",
    "TaskTypes",
    "UsageError",
    "__version__",
]

_HOMES = {
    "InputModel": ("pellucid.sdk.models.input_model", "InputModel"),
    "Logger": ("pellucid.sdk.logger", "Logger"),
    "Model": ("pellucid.sdk.models.model", "Model"),
    "OutputModel": ("pellucid.sdk.models.output_model", "OutputModel"),
    "StorageManager": ("pellucid.sdk.storage_manager", "StorageManager"),
    "Task": ("pellucid.sdk.task", "Task"),
    "TaskTypes": ("pellucid.wire.enums", "TaskType"),
    "UsageError": ("pellucid.base.errors", "UsageError"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: the uploader, the server and the commands live in this package too, and need no SDK."""
    if name not in _HOMES:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = globals()[name] = getattr(import_module(module), attribute)
    return value
