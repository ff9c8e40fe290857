"""What is configured, and where each value comes from.

Precedence: given in the program > ``PELLUCID_*`` > ``CLEARML_*`` > ``clearml.conf`` > built-in. There is no built-in
server: who configures none gets a local one, never somebody else's.
"""

from __future__ import annotations

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
        worker: our name in the server's lists; ``None`` for the machine's.
        remote_task: id of the task that an agent runs us for.
        defer_init: whether ``Task.init`` leaves the creation of the task to the uploader.
        sources: for each field that is not built-in, where it was given.
    """

    home: Path
    api_host: str | None = None
    web_host: str | None = None
    files_host: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
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
    worker: str | None = None
    remote_task: str | None = None
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
            verify=self.verify,
        )


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
        option = _OPTIONS[name]
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
        for name, option in _OPTIONS.items():
            variable = f"{prefix}_{option.variable}"
            # A variable that is set to nothing is one that somebody wanted to get rid of.
            if value := environ.get(variable, "").strip():
                yield variable, name, value
    path = conf_file(environ)
    if path is not None:
        conf = read_conf(path)
        for name, option in _OPTIONS.items():
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


class _Option(msgspec.Struct, frozen=True):
    """Where a field is given: the variable behind its prefix, and the key in ``clearml.conf``."""

    variable: str
    key: str | None
    parse: Callable[[object, str], object]


_OPTIONS: Final = {
    "api_host": _Option("API_HOST", "api.api_server", _address),
    "web_host": _Option("WEB_HOST", "api.web_server", _address),
    "files_host": _Option("FILES_HOST", "api.files_server", _files_address),
    "access_key": _Option("API_ACCESS_KEY", "api.credentials.access_key", _text),
    "secret_key": _Option("API_SECRET_KEY", "api.credentials.secret_key", _text),
    "verify": _Option("API_HOST_VERIFY_CERT", "api.verify_certificate", _verify),
    "offline": _Option("OFFLINE_MODE", None, _boolean),
    "exit_deadline": _Option("EXIT_DEADLINE", "sdk.development.worker.exit_deadline_sec", _not_negative),
    "log_stdout": _Option("LOG_STDOUT", "sdk.development.worker.log_stdout", _boolean),
    "log_native_output": _Option("LOG_NATIVE_OUTPUT", "sdk.development.worker.log_native_output", _boolean),
    "log_task_to_backend": _Option("LOG_TASK_TO_BACKEND", None, _boolean),
    "reuse_window_hours": _Option(
        "TASK_REUSE_TIME_WINDOW_IN_HOURS", "sdk.development.task_reuse_time_window_in_hours", _not_negative
    ),
    "reuse_tasks": _Option("TASK_NO_REUSE", None, lambda value, source: not _boolean(value, source)),
    "iteration_offset": _Option("SET_ITERATION_OFFSET", None, _integer),
    "default_output_uri": _Option("DEFAULT_OUTPUT_URI", "sdk.development.default_output_uri", _text),
    "cache_files": _Option("CACHE_FILES", "sdk.storage.cache.default_cache_manager_size", _count),
    "cache_gigabytes": _Option("CACHE_GIGABYTES", "sdk.storage.cache.gigabytes", _not_negative),
    "worker": _Option("WORKER_NAME", None, _text),
    "remote_task": _Option("TASK_ID", None, _text),
    "defer_init": _Option("DEFERRED_TASK_INIT", None, _boolean),
}
