"""Whom the accounts of Google are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.base.errors import UsageError
from pellucid.client.storage.google import GoogleAccess, google_access
from pellucid.client.storage.location import parse_location

BUCKET = parse_location("gs://bucket/file").place


def test_the_nearest_account_wins(tmp_path: Path) -> None:
    """Of the bucket, of the environment, of all."""
    files = {name: str(tmp_path / name) for name in ("bucket", "environment", "all")}
    for file in files.values():
        Path(file).touch()
    listed = [
        {"bucket": "other", "credentials_json": files["all"]},
        {"bucket": "bucket", "credentials_json": files["bucket"]},
    ]
    general = {"sdk.google.storage.credentials_json": files["all"]}
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": files["environment"]}

    assert (
        google_access(BUCKET, {**general, "sdk.google.storage.credentials": listed}, environ).account == files["bucket"]
    )
    assert google_access(BUCKET, general, environ).account == files["environment"]
    assert google_access(BUCKET, general, {}).account == files["all"]
    assert google_access(BUCKET, {}, {}) == GoogleAccess()


def test_m197_a_file_that_is_not_there() -> None:
    """Is told at once."""
    with pytest.raises(UsageError, match=r"'/no/such.json' does not exist"):
        google_access(BUCKET, {}, {"GOOGLE_APPLICATION_CREDENTIALS": "/no/such.json"})
