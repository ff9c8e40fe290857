"""What is configured, and where each value comes from.

Precedence: given in the program > ``PELLUCID_*`` > ``CLEARML_*`` > ``clearml.conf`` > built-in. There is no built-in
server: who configures none gets a local one, never somebody else's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from pellucid.base.clearml_conf import conf_file, read_conf
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError
from pellucid.base.paths import writable_home


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of this process.

    Attributes:
        home: Pellucid's folder on this machine.
        api_host: address of the API server; ``None`` if no server is configured.
        web_host: address of the web page.
        files_host: address of the file server.
        access_key: half of the credentials.
        secret_key: the other half.
        auth_token: a token in place of the two.
        verify: whether certificates are checked, or the path of a bundle to check them with.
        offline: keep everything on local disk and talk to no server.
        exit_deadline: seconds that the end of a script waits for what is not yet sent.
        log_stdout: whether the console is captured.
        log_native_output: whether what native code and child programs print is captured with it.
        log_task_to_backend: whether a run under an agent sends its console itself, which the agent does otherwise.
        reuse_tasks: whether a task may be overwritten by the next run of the same name at all.
        reuse_window_hours: for how long after its last run it may be.
        iteration_offset: added to all reported iterations of a run, which makes it a continued one.
        default_output_uri: where artifacts and models go unless the program says otherwise.
        cache_files: files that are kept of those that were fetched.
        cache_gigabytes: how much of them is kept, in 10⁹ bytes.
        support_stopping: whether a local run ends when somebody aborts its task.
        detect_script: whether repository, changes and packages of a run's script are found out.
        store_diff: whether changes since the commit are kept.
        freeze_packages: whether all that is installed is what the script needs, in place of what it imports.
        log_environment: names of variables to record, with wildcards.
        docker_image: the container of new tasks, perhaps with arguments behind it.
        docker_setup_script: what to run in it first.
        auto_pickle: whether an object that has no format of its own may become an artifact.
        frame_format: extension of artifacts made of DataFrames; ``None`` for the usual one.
        cache_dir: where fetched files are kept; ``None`` for a folder in the home.
        block_pickles: whether artifacts that are pickled are read by nobody here.
        single_series: whether each curve of TensorBoard has a diagram of its own.
        log_level: from which on our own messages are logged; ``None`` for whatever the program says.
        worker: our name in the server's lists; ``None`` for the machine's.
        remote_task: id of the task that an agent runs us for.
        simulate_remote: whether there is no agent: this process ends that task, too, and sends its console.
        defer_init: whether ``Task.init`` leaves the creation of the task to the uploader.
        sources: for each field that is not built-in, where it was given.
    """

    home: Path
    api_host: str | None = None
    web_host: str | None = None
    files_host: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    auth_token: str | None = None
    verify: bool | str = True
    offline: bool = False
    exit_deadline: float = 10.0
    log_stdout: bool = True
    log_native_output: bool = True
    log_task_to_backend: bool = False
    reuse_tasks: bool = True
    reuse_window_hours: float = 24.0
    iteration_offset: int | None = None
    default_output_uri: str | None = None
    cache_files: int = 100
    cache_gigabytes: float = 50.0
    support_stopping: bool = True
    detect_script: bool = True
    store_diff: bool = True
    freeze_packages: bool = False
    log_environment: tuple[str, ...] = ()
    docker_image: str | None = None
    docker_setup_script: str | None = None
    auto_pickle: bool = True
    frame_format: str | None = None
    cache_dir: Path | None = None
    block_pickles: bool = False
    single_series: bool = False
    log_level: int | None = None
    worker: str | None = None
    remote_task: str | None = None
    simulate_remote: bool = False
    defer_init: bool = False
    sources: Mapping[str, str] = msgspec.field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        """Where things are; no secrets, as this may get into a log."""
        return f"Settings(home={self.home}, api_host={self.api_host!r}, access_key={self.access_key!r})"

    def connection(self) -> Connection | None:
        """The configured server, ``None`` if none is."""
        if self.api_host is None:
            return None
        return Connection(
            api_host=self.api_host,
            web_host=self.web_host or self.api_host,
            files_host=self.files_host or f"{self.api_host}/files",
            access_key=self.access_key,
            secret_key=self.secret_key,
            token=self.auth_token,
            verify=self.verify,
        )

    @property
    def cache(self) -> Path:
        """The folder of fetched files."""
        return self.cache_dir or self.home / "cache"


def load_settings(
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
    *,
    explicit: Mapping[str, object] = MappingProxyType({}),
) -> Settings:
    """Find out what is configured.

    Args:
        environ: environment variables.
        home: Pellucid's folder, if not the one that the environment says.
        explicit: fields that the program has set; ``None`` counts as not set.

    Raises:
        UsageError: a value can't be used; names where it was given, the value, and what is allowed.
        PermissionError: no folder of this machine can be used.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for source, name, value in _given(environ, explicit):
        option = OPTIONS[name]
        if name not in values:
            values[name] = option.parse(value, source)
            sources[name] = source
    return Settings(home=home or writable_home(environ), sources=MappingProxyType(sources), **values)


def _given(environ: Mapping[str, str], explicit: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    """(source, field, value) in the order of precedence."""
    for name, value in explicit.items():
        if value is not None:
            yield "the program", name, value
    for prefix in ("PELLUCID", "CLEARML"):
        for name, option in OPTIONS.items():
            variable = f"{prefix}_{option.variable}"
            # A variable that is set to nothing is one that somebody wanted to get rid of.
            if value := environ.get(variable, "").strip():
                yield variable, name, value
    path = conf_file(environ)
    if path is not None:
        conf = read_conf(path)
        for name, option in OPTIONS.items():
            if option.key is not None and conf.get(option.key) not in (None, ""):
                yield f"{path}: {option.key}", name, conf[option.key]


def _text(value: object, source: str) -> str:
    if isinstance(value, str | int):
        return str(value).strip()
    raise UsageError(f"{source} is {value!r}; allowed is a text")


def _address(value: object, source: str) -> str:
    text = _text(value, source).rstrip("/")
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0):
            return text
    except ValueError:
        pass  # a port that is no number, a bracket without its counterpart
    raise UsageError(f"{source} is {value!r}; allowed is an address such as http://tracking.example:8008")


def _files_address(value: object, source: str) -> str:
    """An address, or a place in an object store."""
    text = _text(value, source).rstrip("/")
    return text if "://" in text and not text.startswith("http") else _address(text, source)


_BOOLEANS: Final = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False}
_BOOLEANS["off"] = False


def _boolean(value: object, source: str) -> bool:
    parsed = _BOOLEANS.get(str(value).strip().lower())
    if parsed is None:
        raise UsageError(f"{source} is {value!r}; allowed are 1, true, yes, on, 0, false, no, off")
    return parsed


def _verify(value: object, source: str) -> bool | str:
    """A switch, or the path of a bundle of certificates."""
    if isinstance(value, str) and "/" in value:
        return value
    return _boolean(value, source)


def _not_negative(value: object, source: str) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"{source} is {value!r}; allowed is a number, 0 or more")
    return number


def _count(value: object, source: str) -> int:
    number = _not_negative(value, source)
    if number < 1 or number != int(number):
        raise UsageError(f"{source} is {value!r}; allowed is an integer, 1 or more")
    return int(number)


def _integer(value: object, source: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise UsageError(f"{source} is {value!r}; allowed is an integer") from None


def _folder(value: object, source: str) -> Path:
    return Path(_text(value, source)).expanduser().absolute()


def _texts(value: object, source: str) -> tuple[str, ...]:
    """A list, or a text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise UsageError(f"{source} is {value!r}; allowed are texts, separated by commas, or a list of them")
    return tuple(part.strip() for part in parts if part.strip())


def _log_level(value: object, source: str) -> int:
    """A level of ``logging``, by name or by number."""
    text = _text(value, source).upper()
    level = logging.getLevelNamesMapping().get(text, int(text) if text.isdigit() else None)
    if level is None:
        raise UsageError(f"{source} is {value!r}; allowed are DEBUG, INFO, WARNING, ERROR, CRITICAL, or a number")
    return level


class Option(msgspec.Struct, frozen=True):
    """Where a field is given: the variable behind its prefix, and the key in ``clearml.conf``."""

    variable: str
    key: str | None
    parse: Callable[[object, str], object]


OPTIONS: Final = {
    "api_host": Option("API_HOST", "api.api_server", _address),
    "web_host": Option("WEB_HOST", "api.web_server", _address),
    "files_host": Option("FILES_HOST", "api.files_server", _files_address),
    "access_key": Option("API_ACCESS_KEY", "api.credentials.access_key", _text),
    "secret_key": Option("API_SECRET_KEY", "api.credentials.secret_key", _text),
    "verify": Option("API_HOST_VERIFY_CERT", "api.verify_certificate", _verify),
    "auth_token": Option("AUTH_TOKEN", None, _text),
    "offline": Option("OFFLINE_MODE", None, _boolean),
    "exit_deadline": Option("EXIT_DEADLINE", "sdk.development.worker.exit_deadline_sec", _not_negative),
    "log_stdout": Option("LOG_STDOUT", "sdk.development.worker.log_stdout", _boolean),
    "log_native_output": Option("LOG_NATIVE_OUTPUT", "sdk.development.worker.log_native_output", _boolean),
    "log_task_to_backend": Option("LOG_TASK_TO_BACKEND", None, _boolean),
    "reuse_window_hours": Option(
        "TASK_REUSE_TIME_WINDOW_IN_HOURS", "sdk.development.task_reuse_time_window_in_hours", _not_negative
    ),
    "reuse_tasks": Option("TASK_NO_REUSE", None, lambda value, source: not _boolean(value, source)),
    "iteration_offset": Option("SET_ITERATION_OFFSET", None, _integer),
    "default_output_uri": Option("DEFAULT_OUTPUT_URI", "sdk.development.default_output_uri", _text),
    "cache_files": Option("CACHE_FILES", "sdk.storage.cache.default_cache_manager_size", _count),
    "cache_gigabytes": Option("CACHE_GIGABYTES", "sdk.storage.cache.gigabytes", _not_negative),
    "support_stopping": Option("SUPPORT_STOPPING", "sdk.development.support_stopping", _boolean),
    "detect_script": Option("DETECT_SCRIPT", "sdk.development.detect_script", _boolean),
    "store_diff": Option("STORE_UNCOMMITTED_CODE_DIFF", "sdk.development.store_uncommitted_code_diff", _boolean),
    "freeze_packages": Option("DETECT_WITH_PIP_FREEZE", "sdk.development.detect_with_pip_freeze", _boolean),
    "log_environment": Option("LOG_ENVIRONMENT", "sdk.development.log_os_environments", _texts),
    "docker_image": Option("DOCKER_IMAGE", None, _text),
    "docker_setup_script": Option("DOCKER_BASH_SCRIPT", None, _text),
    "auto_pickle": Option("AUTO_PICKLE", "sdk.development.artifacts.auto_pickle", _boolean),
    "frame_format": Option(
        "DEFAULT_PANDAS_EXTENSION", "sdk.development.artifacts.default_pandas_dataframe_extension_name", _text
    ),
    "cache_dir": Option("CACHE_DIR", "sdk.storage.cache.default_base_dir", _folder),
    "block_pickles": Option("BLOCK_PICKLED_ARTIFACTS", "sdk.storage.block_pickled_artifacts", _boolean),
    "single_series": Option(
        "TENSORBOARD_SINGLE_SERIES_PER_GRAPH", "sdk.metrics.tensorboard_single_series_per_graph", _boolean
    ),
    "log_level": Option("LOG_LEVEL", None, _log_level),
    "worker": Option("WORKER_NAME", None, _text),
    "remote_task": Option("TASK_ID", None, _text),
    "simulate_remote": Option("SIMULATE_REMOTE_TASK", None, _boolean),
    "defer_init": Option("DEFERRED_TASK_INIT", None, _boolean),
}
