"""Tests of ``pellucid.sdk.task_credentials``, with servers that ask for credentials."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pellucid import Task, UsageError
from pellucid.client.storage import own_credentials
from pellucid.testing.object_stores import RunningStore, azure, s3

__all__ = ["azure", "s3"]

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What one test gives is not the next one's."""
    yield
    own_credentials._given.clear()


@pytest.fixture
def task() -> Task:
    """A running task whose files go nowhere yet."""
    return Task.init("credentials", "a run", auto_connect_arg_parser=False, auto_connect_streams=False)


def give(task: Task, running: RunningStore) -> None:
    """Tell a task in code what the tests' environment says of a store."""
    if running.uri.startswith("s3://"):
        host, bucket = running.uri.removeprefix("s3://").split("/")
        keys = running.environ["AWS_ACCESS_KEY_ID"], running.environ["AWS_SECRET_ACCESS_KEY"]
        task.setup_aws_upload(bucket, host=host, key=keys[0], secret=keys[1], secure=False)
    else:
        task.setup_azure_upload(running.environ["AZURE_STORAGE_ACCOUNT"], running.environ["AZURE_STORAGE_KEY"])


@pytest.mark.parametrize("store", ["s3", "azure"])
def test_m195_m197_credentials_in_code(store: str, task: Task, request: pytest.FixtureRequest) -> None:
    """The uploader has them too, and nothing of them stays on disk or gets to the server."""
    running: RunningStore = request.getfixturevalue(store)
    with pytest.raises(UsageError, match="no credentials"):
        task.output_uri = running.uri
    give(task, running)
    task.output_uri = running.uri
    assert task.upload_artifact("data", {"a": 1}, wait_on_upload=True)
    folder = task._session.run.folder  # type: ignore[union-attr]
    assert (folder / own_credentials.FILE).stat().st_mode & 0o777 == 0o600
    task.close()

    seen = Task.get_task(task_id=task.id)
    assert seen.artifacts["data"].url.startswith(running.uri)
    assert seen.artifacts["data"].get() == {"a": 1}
    secrets = [value for name, value in running.environ.items() if "KEY" in name and "ID" not in name]
    assert not any(secret in str(seen.export_task()) for secret in secrets)
    assert not (folder / own_credentials.FILE).exists()


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("setup_aws_upload", {"bucket": "b"}, "key and secret, or profile"),
        ("setup_aws_upload", {"bucket": "b", "key": "k"}, "key and secret, or profile"),
        ("setup_aws_upload", {"bucket": "", "key": "k", "secret": "s"}, "bucket is ''"),
        ("setup_gcp_upload", {"bucket": "b"}, "credentials_json is None"),
        (
            "setup_gcp_upload",
            {"bucket": "b", "credentials_json": "/nowhere.json"},
            "credentials_json is '/nowhere.json'",
        ),
        ("setup_azure_upload", {"account_name": "a", "account_key": ""}, "account_key is ''"),
        ("setup_azure_upload", {"account_name": "a"}, "account_key is None"),
    ],
)
def test_half_of_them_is_refused(task: Task, method: str, arguments: dict[str, Any], message: str) -> None:
    """At once, naming the argument."""
    with pytest.raises(UsageError, match=message):
        getattr(task, method)(**arguments)


def test_an_account_of_google_is_found_by_its_bucket(task: Task, tmp_path: Path) -> None:
    """Google's own service can't be asked here: what would be used for it is looked at."""
    from pellucid.client.storage.cloud_conf import cloud_conf
    from pellucid.client.storage.google import google_access
    from pellucid.client.storage.location import parse_location

    account = tmp_path / "account.json"
    account.write_text("{}")
    task.setup_gcp_upload("bucket", credentials_json=account)
    conf = cloud_conf({"CLEARML_CONFIG_FILE": "/dev/null"})

    assert google_access(parse_location("gs://bucket/x"), conf, {}).account == str(account)
    assert google_access(parse_location("gs://other/x"), conf, {}).account is None


def test_an_account_of_azure_may_be_the_machine_s(task: Task) -> None:
    """Then no key is asked for, for this account alone."""
    from pellucid.client.storage.azure import azure_access
    from pellucid.client.storage.cloud_conf import cloud_conf
    from pellucid.client.storage.location import parse_location

    task.setup_azure_upload("account", use_default_credential=True)
    conf = cloud_conf({"CLEARML_CONFIG_FILE": "/dev/null"})

    assert azure_access(parse_location("azure://account.blob.core.windows.net/c/x"), conf, {}).key is None
    with pytest.raises(UsageError, match="no credentials"):
        azure_access(parse_location("azure://other.blob.core.windows.net/c/x"), conf, {})


def test_the_classic_name(task: Task) -> None:
    """For the same."""
    from pellucid.client.storage.own_credentials import given

    task.setup_upload("bucket", "host:9000", "key", "secret", https=False)

    (entry,) = given({})["sdk.aws.s3.credentials"]
    assert (entry["bucket"], entry["host"], entry["key"], entry["secure"]) == ("bucket", "host:9000", "key", False)
