"""Tests of ``pellucid.base.settings``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.base.errors import UsageError
from pellucid.base.settings import load_settings

NO_FILE = {"CLEARML_CONFIG_FILE": "/dev/null"}


def test_nothing_is_configured_by_default(tmp_path: Path) -> None:
    """Above all no server."""
    settings = load_settings(NO_FILE, tmp_path)

    assert settings.connection() is None
    assert settings.sources == {}
    assert (settings.reuse_window_hours, settings.exit_deadline, settings.verify) == (24.0, 10.0, True)


def test_precedence(tmp_path: Path) -> None:
    """The program wins over our variables, these over the classic ones, these over the file."""
    conf = tmp_path / "clearml.conf"
    conf.write_text('api { api_server: "http://file:1", credentials { access_key: "file", secret_key: "s" } }')
    environ = {
        "CLEARML_CONFIG_FILE": str(conf),
        "CLEARML_API_HOST": "http://classic:1",
        "PELLUCID_API_HOST": "http://ours:1/",
        "CLEARML_WEB_HOST": "http://classic:2",
    }

    settings = load_settings(environ, tmp_path, explicit={"web_host": "http://program:3", "files_host": None})

    assert settings.api_host == "http://ours:1"
    assert settings.web_host == "http://program:3"
    assert settings.access_key == "file"
    assert dict(settings.sources) == {
        "api_host": "PELLUCID_API_HOST",
        "web_host": "the program",
        "access_key": f"{conf}: api.credentials.access_key",
        "secret_key": f"{conf}: api.credentials.secret_key",
    }


def test_a_server_of_ours_needs_one_address(tmp_path: Path) -> None:
    """Page and files are on the same one."""
    connection = load_settings({**NO_FILE, "PELLUCID_API_HOST": "http://tracker:8008"}, tmp_path).connection()

    assert connection is not None
    assert connection.web_host == "http://tracker:8008"
    assert connection.files_host == "http://tracker:8008/files"


def test_the_reuse_window_comes_from_the_classic_file(tmp_path: Path) -> None:
    """By the key that the guide names."""
    conf = tmp_path / "clearml.conf"
    conf.write_text("sdk.development { task_reuse_time_window_in_hours: 72.0, worker { log_stdout: false } }")

    settings = load_settings({"CLEARML_CONFIG_FILE": str(conf)}, tmp_path)

    assert settings.reuse_window_hours == 72.0
    assert settings.log_stdout is False


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("PELLUCID_API_HOST", "tracker:8008", "http://"),
        ("CLEARML_WEB_HOST", "http://", "http://"),
        ("CLEARML_OFFLINE_MODE", "maybe", "true"),
        ("PELLUCID_EXIT_DEADLINE", "-1", "0 or more"),
        ("PELLUCID_EXIT_DEADLINE", "nan", "0 or more"),
        ("CLEARML_SET_ITERATION_OFFSET", "ten", "integer"),
        ("CLEARML_LOG_LEVEL", "loud", "DEBUG"),
    ],
)
def test_a_bad_value_is_told_with_its_place(tmp_path: Path, variable: str, value: str, allowed: str) -> None:
    """The message names the variable, the value, and what is allowed."""
    with pytest.raises(UsageError) as error:
        load_settings({**NO_FILE, variable: value}, tmp_path)

    assert variable in str(error.value)
    assert repr(value) in str(error.value)
    assert allowed in str(error.value)


@pytest.mark.parametrize(("value", "verify"), [("0", False), ("true", True), ("/etc/ssl/own.pem", "/etc/ssl/own.pem")])
def test_certificates_are_checked_against_a_bundle_or_not(tmp_path: Path, value: str, verify: bool | str) -> None:
    """A path is a bundle."""
    environ = {**NO_FILE, "CLEARML_API_HOST_VERIFY_CERT": value}

    assert load_settings(environ, tmp_path).verify == verify


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    """Settings and connections end up in logs."""
    environ = {**NO_FILE, "PELLUCID_API_HOST": "http://x:1", "PELLUCID_API_SECRET_KEY": "very secret"}
    settings = load_settings(environ, tmp_path)

    assert "very secret" not in repr(settings)
    assert "very secret" not in repr(settings.connection())


def test_no_reuse_by_variable(tmp_path: Path) -> None:
    """The variable says no, the field says yes."""
    assert load_settings(NO_FILE, tmp_path).reuse_tasks
    assert not load_settings({**NO_FILE, "CLEARML_TASK_NO_REUSE": "1"}, tmp_path).reuse_tasks


@pytest.mark.parametrize(
    ("variable", "key", "given", "field", "expected"),
    [
        ("API_HOST", "api.api_server", "http://a:1/", "api_host", "http://a:1"),
        ("WEB_HOST", "api.web_server", "http://a:2", "web_host", "http://a:2"),
        ("FILES_HOST", "api.files_server", "s3://bucket/files", "files_host", "s3://bucket/files"),
        ("API_ACCESS_KEY", "api.credentials.access_key", "k", "access_key", "k"),
        ("API_SECRET_KEY", "api.credentials.secret_key", "s", "secret_key", "s"),
        ("API_HOST_VERIFY_CERT", "api.verify_certificate", "false", "verify", False),
        ("AUTH_TOKEN", None, "t", "auth_token", "t"),
        ("OFFLINE_MODE", None, "1", "offline", True),
        ("LOG_STDOUT", "sdk.development.worker.log_stdout", "false", "log_stdout", False),
        ("LOG_TASK_TO_BACKEND", None, "1", "log_task_to_backend", True),
        (
            "TASK_REUSE_TIME_WINDOW_IN_HOURS",
            "sdk.development.task_reuse_time_window_in_hours",
            "72.0",
            "reuse_window_hours",
            72.0,
        ),
        ("TASK_NO_REUSE", None, "1", "reuse_tasks", False),
        ("SET_ITERATION_OFFSET", None, "10", "iteration_offset", 10),
        ("DEFAULT_OUTPUT_URI", "sdk.development.default_output_uri", "s3://b", "default_output_uri", "s3://b"),
        ("CACHE_DIR", "sdk.storage.cache.default_base_dir", "/cache", "cache_dir", Path("/cache")),
        ("DOCKER_IMAGE", None, "image --rm", "docker_image", "image --rm"),
        ("DOCKER_BASH_SCRIPT", None, "echo 1", "docker_setup_script", "echo 1"),
        ("AUTO_PICKLE", "sdk.development.artifacts.auto_pickle", "false", "auto_pickle", False),
        (
            "DEFAULT_PANDAS_EXTENSION",
            "sdk.development.artifacts.default_pandas_dataframe_extension_name",
            ".parquet",
            "frame_format",
            ".parquet",
        ),
        ("LOG_LEVEL", None, "debug", "log_level", 10),
        ("LOG_LEVEL", None, "15", "log_level", 15),
        ("WORKER_NAME", None, "machine", "worker", "machine"),
        ("TASK_ID", None, "0" * 32, "remote_task", "0" * 32),
        ("DEFERRED_TASK_INIT", None, "yes", "defer_init", True),
        ("SIMULATE_REMOTE_TASK", None, "1", "simulate_remote", True),
        ("DETECT_SCRIPT", "sdk.development.detect_script", "no", "detect_script", False),
        (
            "STORE_UNCOMMITTED_CODE_DIFF",
            "sdk.development.store_uncommitted_code_diff",
            "false",
            "store_diff",
            False,
        ),
    ],
)
def test_where_settings_come_from(
    tmp_path: Path, variable: str, key: str | None, given: str, field: str, expected: object
) -> None:
    """By our variable, by the classic one, and by the key of the classic file (sdk-surface §5)."""
    for prefix in ("PELLUCID", "CLEARML"):
        settings = load_settings({**NO_FILE, f"{prefix}_{variable}": given}, tmp_path)
        assert getattr(settings, field) == expected
        assert settings.sources == {field: f"{prefix}_{variable}"}
    if key is not None:
        conf = tmp_path / "clearml.conf"
        conf.write_text(f'{key}: "{given}"')
        assert getattr(load_settings({"CLEARML_CONFIG_FILE": str(conf)}, tmp_path), field) == expected
