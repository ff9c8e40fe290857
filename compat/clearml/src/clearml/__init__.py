"""The import name ``clearml`` over Pellucid: scripts that say ``from clearml import Task`` run unchanged.

Never install this beside the published package of that name: both would write into the same folder. What is here is
``pellucid``'s own, under the other name; ``__version__`` is Pellucid's.
"""

from pellucid import InputModel, Logger, Model, OutputModel, StorageManager, Task, TaskTypes, UsageError, __version__

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
