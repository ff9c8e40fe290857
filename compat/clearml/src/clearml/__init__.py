"""The import name ``clearml`` over Pellucid, so that scripts that say ``from clearml import Task`` run unchanged.

Never install this beside the package that owns the name: two distributions cannot both be ``clearml``.
"""

from __future__ import annotations

from pellucid import Logger as Logger
from pellucid import Task as Task
from pellucid import TaskTypes as TaskTypes
from pellucid import UsageError as UsageError
from pellucid import __version__ as __version__

__all__ = ["Logger", "Task", "TaskTypes", "UsageError", "__version__"]
