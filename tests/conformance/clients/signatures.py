"""The public methods of ``Task`` under either package, with their arguments and defaults."""

import enum
import inspect
import json

from clearml import Task


def shown(default):
    """A default as JSON has it."""
    if default is inspect.Parameter.empty:
        return "required"
    if isinstance(default, enum.Enum):
        return default.value
    if isinstance(default, tuple):
        return [shown(item) for item in default]
    return default


found = {}
for name, member in inspect.getmembers(Task):
    if not name.startswith("_") and callable(member) and not isinstance(member, type):
        parameters = inspect.signature(member).parameters.values()
        found[name] = [[one.name, shown(one.default)] for one in parameters if one.name != "self"]
print("RESULT " + json.dumps(found, default=repr))
