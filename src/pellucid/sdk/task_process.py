"""The part of ``Task`` that deals with the process rather than with one task: where to, and with which seed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from pellucid.base.clearml_conf import chosen_conf_file, write_conf
from pellucid.base.errors import UsageError
from pellucid.sdk import current
from pellucid.sdk.arguments import check_count, check_flag, check_number, check_text
from pellucid.sdk.record import StoredTask
from pellucid.sdk.seeds import DEFAULT_SEED
from pellucid.sdk.servers import current_settings, reachable_client, set_explicitly
from pellucid.wire import tasks


class ProcessMethods:
    """Settings of the process, for the next ``Task.init``."""

    _random_seed: ClassVar[int | None] = DEFAULT_SEED

    @staticmethod
    def running_locally() -> bool:
        """Whether no agent runs this process."""
        return current_settings().remote_task is None

    @classmethod
    def get_random_seed(cls) -> int | None:
        """What the next ``Task.init`` seeds the random generators with, ``None`` for nothing."""
        return cls._random_seed

    @classmethod
    def set_random_seed(cls, random_seed: int | bool | None) -> None:
        """Choose the seed of the next ``Task.init`` (seed, Setting Random Seed).

        Args:
            random_seed: an integer, 0 or more; ``True`` for 1337; ``None`` or ``False`` to leave the generators alone.

        Raises:
            UsageError: it is something else.
        """
        if random_seed is None or random_seed is False:
            ProcessMethods._random_seed = None
        elif random_seed is True:
            ProcessMethods._random_seed = DEFAULT_SEED
        else:
            ProcessMethods._random_seed = check_count("random_seed", random_seed, least=0)

    @classmethod
    def set_resource_monitor_iteration_timeout(
        cls,
        seconds_from_start: float = 30.0,
        wait_for_first_iteration_to_start_sec: float = 180.0,
        max_wait_for_first_iteration_to_start_sec: float = 1800.0,
    ) -> bool:
        """Accepted for existing scripts: the load of the machine is kept over seconds, and waits for no iterations.

        Returns:
            False, as nothing is changed by it.

        Raises:
            UsageError: an argument is no number.
        """
        check_number("seconds_from_start", seconds_from_start)
        check_number("wait_for_first_iteration_to_start_sec", wait_for_first_iteration_to_start_sec)
        check_number("max_wait_for_first_iteration_to_start_sec", max_wait_for_first_iteration_to_start_sec)
        return False

    @classmethod
    def debug_simulate_remote_task(cls, task_id: str, reset_task: bool = False) -> None:
        """Have the next ``Task.init`` run a task as if an agent had started this process, to be called before it: the
        task's parameters and configuration replace those of the program.

        Args:
            task_id: the task, a draft for instance.
            reset_task: reset it before.

        Raises:
            UsageError: a task is running, or there is no such task.
            ServerError: the server is away or refuses.
        """
        _refuse_while_running("debug_simulate_remote_task")
        client, _ = reachable_client()
        task = StoredTask(check_text("task_id", task_id), lambda: client)
        task.document()  # raises if there is none
        if check_flag("reset_task", reset_task):
            task.change(tasks.RESET, tasks.Reset(task=task_id, force=True))
        set_explicitly(remote_task=task_id, simulate_remote=True)

    @classmethod
    def set_credentials(
        cls,
        api_host: str | None = None,
        web_host: str | None = None,
        files_host: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        store_conf_file: bool = False,
    ) -> None:
        """Say which server to use, over whatever is configured; to be called before ``Task.init``.

        Args:
            api_host: address of the server.
            web_host: address of its page; the server's by default.
            files_host: address of its files; the server's by default.
            key: half of the credentials.
            secret: the other half.
            store_conf_file: write them into a new configuration file, too, which needs address, key and secret.

        Raises:
            UsageError: an address is none, a task is running, there is a configuration file already, or what it needs
                is missing.
            OSError: the file can't be written.
        """
        _refuse_while_running("set_credentials")
        given = {"api_host": api_host, "web_host": web_host, "files_host": files_host}
        path = _new_conf_file(api_host, key, secret) if check_flag("store_conf_file", store_conf_file) else None
        set_explicitly(**given, access_key=key, secret_key=secret)
        if path is not None and (connection := current_settings().connection()) is not None:
            write_conf(path, connection)

    @classmethod
    def set_offline(cls, offline_mode: bool = False) -> None:
        """Keep the next task on local disk and talk to no server (seed, Offline Mode).

        Raises:
            UsageError: a task is running, or it is no truth value.
        """
        _refuse_while_running("set_offline")
        set_explicitly(offline=check_flag("offline_mode", offline_mode))

    @classmethod
    def is_offline(cls) -> bool:
        """Whether tasks are kept on local disk."""
        return current_settings().offline


def _new_conf_file(*needed: str | None) -> Path:
    if not all(needed):
        raise UsageError("store_conf_file is True; api_host, key and secret are needed for that")
    path = chosen_conf_file(os.environ)
    if path.exists():
        raise UsageError(f"store_conf_file is True, and there is a {path} already; change that by hand")
    return path


def _refuse_while_running(call: str) -> None:
    running = current.peek()
    if running is not None:
        raise UsageError(f"{call}: task {running.id} is running; call it before Task.init")
