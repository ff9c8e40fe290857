"""Tests of ``pellucid.base.clearml_conf``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.base.clearml_conf import conf_file, read_conf
from pellucid.base.errors import UsageError


def test_the_file_of_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a variable it is ``~/clearml.conf``, if that exists."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert conf_file({}) is None

    (tmp_path / "clearml.conf").write_text("api {}")
    assert conf_file({}) == tmp_path / "clearml.conf"


def test_a_variable_must_name_a_file(tmp_path: Path) -> None:
    """A typing error must not end in another server; ``/dev/null`` means none on purpose."""
    with pytest.raises(UsageError, match=r"CLEARML_CONFIG_FILE=.*no such file"):
        conf_file({"CLEARML_CONFIG_FILE": str(tmp_path / "nowhere.conf")})

    assert conf_file({"CLEARML_CONFIG_FILE": "/dev/null"}) is None


def test_values_by_dotted_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections may be nested or dotted, keys may be quoted, and variables are put in."""
    monkeypatch.setenv("TRACKER", "tracker.example")
    path = tmp_path / "clearml.conf"
    path.write_text(
        """
        api {
            api_server: "http://"${TRACKER}":8008"
            credentials {"access_key" = "A", "secret_key" = "B"}
        }
        sdk.development.default_output_uri: "s3://bucket"
        """
    )

    assert read_conf(path) == {
        "api.api_server": "http://tracker.example:8008",
        "api.credentials.access_key": "A",
        "api.credentials.secret_key": "B",
        "sdk.development.default_output_uri": "s3://bucket",
    }


@pytest.mark.parametrize("text", ["api {", "[1, 2]", 'a = "${'])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    """The message says which file it is."""
    path = tmp_path / "clearml.conf"
    path.write_text(text)

    with pytest.raises(UsageError, match=r"clearml\.conf can't be read"):
        read_conf(path)
