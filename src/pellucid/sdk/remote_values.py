"""What a task says in place of the program before ``Task.init``, in a run that an agent started."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from typing import Final

from pellucid.base.settings import Settings
from pellucid.hooks.sink import ARGUMENTS
from pellucid.sdk.servers import creation_client, current_settings
from pellucid.wire import tasks

_ANSWER_SECONDS: Final = 30.0


class RemoteValues:
    """The values of a task (see ``pellucid.hooks.sink.Overrides``)."""

    def __init__(self, task: tasks.Task) -> None:
        """Of a task as it is on the server."""
        self._task = task

    def argument_overrides(self, section: str = ARGUMENTS) -> Mapping[str, str]:
        """All parameters of a section."""
        return {name: one.value or "" for name, one in self._task.hyperparams.get(section, {}).items()}

    def configuration_override(self, name: str) -> str | None:
        """The text of a configuration object."""
        item = self._task.configuration.get(name)
        return None if item is None else item.value


def find_remote_values() -> RemoteValues | None:
    """The values of the task that an agent runs this process for; ``None`` if no agent does.

    Raises:
        ServerError: the server is away or refuses us.
    """
    settings = current_settings()
    return None if settings.remote_task is None else _fetch(settings, settings.remote_task)


@lru_cache(maxsize=1)
def _fetch(settings: Settings, task: str) -> RemoteValues | None:
    connection = settings.connection()
    if connection is None:
        return None
    with closing(creation_client(connection, timeout=_ANSWER_SECONDS)) as client:
        return RemoteValues(client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task)
