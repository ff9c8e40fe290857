"""Every place for files, by one set of rules; and whom the credentials are for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.client.storage.storage import Storage
from pellucid.testing.object_stores import RunningStore
from pellucid.testing.server import RunningServer
from pellucid.testing.storage import StorageTests, address

NO_CONF = {"CLEARML_CONFIG_FILE": os.devnull}


class TestFolder(StorageTests):
    """A folder of this machine."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> str:
        """By its address; any path does too."""
        return (tmp_path / "share").as_uri()


class TestS3(StorageTests):
    """S3."""

    @pytest.fixture
    def place(self, s3: RunningStore) -> str:
        """The bucket."""
        return s3.uri

    @pytest.fixture
    def environ(self, s3: RunningStore) -> Mapping[str, str]:
        """As Amazon's own tools are configured."""
        return {**NO_CONF, **s3.environ}


class TestGoogle(StorageTests):
    """Google Cloud Storage."""

    @pytest.fixture
    def place(self, google: RunningStore) -> str:
        """The bucket."""
        return google.uri

    @pytest.fixture
    def environ(self, google: RunningStore) -> Mapping[str, str]:
        """As Google's own libraries are configured."""
        return {**NO_CONF, **google.environ}


class TestAzure(StorageTests):
    """Azure Blob Storage."""

    @pytest.fixture
    def place(self, azure: RunningStore) -> str:
        """The container."""
        return azure.uri

    @pytest.fixture
    def environ(self, azure: RunningStore) -> Mapping[str, str]:
        """As Microsoft's own libraries are configured."""
        return {**NO_CONF, **azure.environ}


class TestOwnFileServer(StorageTests):
    """The server that we are logged in to."""

    lists = False

    @pytest.fixture
    def place(self, tracker: RunningServer) -> str:
        """Its files."""
        return f"{tracker.url}/files"

    @pytest.fixture
    def storage(self, tracker: RunningServer, environ: Mapping[str, str]) -> Storage:
        """With our token."""
        client = Client(tracker.url, tracker.access_key, tracker.secret_key)
        host = f"{tracker.url}/files"
        return Storage(FilesClient(client, host), host, environ=environ)


def test_another_file_server_gets_no_token(tracker: RunningServer, tmp_path: Path) -> None:
    """So one that wants it says no."""
    (tmp_path / "source").touch()
    with pytest.raises(RequestRefusedError) as caught:
        Storage(environ=NO_CONF).upload(tmp_path / "source", f"{tracker.url}/files/x")

    assert caught.value.code == 401


@pytest.mark.parametrize("store", ["s3", "azure"])
def test_credentials_of_the_configuration(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The file does as well as the environment (sdk-surface §5.3)."""
    running: RunningStore = request.getfixturevalue(store)
    (tmp_path / "clearml.conf").write_text(running.conf)
    (tmp_path / "source").write_bytes(b"content")
    storage = Storage(environ={"CLEARML_CONFIG_FILE": str(tmp_path / "clearml.conf")})
    storage.upload(tmp_path / "source", address(running.uri, "configured"))

    assert running.content("configured") == b"content"


def test_wrong_credentials(s3: RunningStore, tmp_path: Path) -> None:
    """Are told by name of what was tried; whether they will do later, nobody knows."""
    (tmp_path / "source").touch()
    storage = Storage(environ={**NO_CONF, **s3.environ, "AWS_SECRET_ACCESS_KEY": "wrong"})

    with pytest.raises(UsageError, match=r"output_uri is 's3://.*/tests', where nothing can be stored: access denied"):
        storage.check(s3.uri)
    with pytest.raises(RequestRefusedError) as caught:
        storage.download(f"{s3.uri}/x", tmp_path / "target")
    assert caught.value.code == 403


def test_a_configuration_that_makes_no_sense(tmp_path: Path) -> None:
    """Is told, whatever the library makes of it."""
    account = tmp_path / "account.json"
    account.write_text("{}")

    with pytest.raises(UsageError, match="output_uri is 'gs://bucket': gs://bucket can't be used as it is configured"):
        Storage(environ={**NO_CONF, "GOOGLE_APPLICATION_CREDENTIALS": str(account)}).check("gs://bucket")


def test_a_store_that_is_away(tmp_path: Path) -> None:
    """May be there again later."""
    (tmp_path / "source").touch()
    environ = {**NO_CONF, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}

    with pytest.raises(ServerUnavailableError):
        Storage(environ=environ, quick=True).check("s3://127.0.0.1:9/bucket")


def test_the_same_content_is_sent_once(s3: RunningStore, tmp_path: Path) -> None:
    """An uploader that was killed before it could say that a big file is stored does not send it again."""
    import obstore

    source, url = tmp_path / "source", f"{s3.uri}/once"
    source.write_bytes(b"x" * 9_000_000)
    storage = Storage(environ={**NO_CONF, **s3.environ})
    storage.upload(source, url, "the same")
    stored = obstore.head(s3.inside, "once")
    storage.upload(source, url, "the same")
    kept = obstore.head(s3.inside, "once")
    storage.upload(source, url, "another")

    assert kept["last_modified"] == stored["last_modified"]
    assert obstore.get(s3.inside, "once").attributes["sha256"] == "another"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Is told at once."""
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="nothing can be stored"):
        Storage(environ=NO_CONF).check(str(tmp_path / "file"))


@pytest.fixture
def mounted(tmp_path: Path) -> Storage:
    """A machine on which a bucket is mounted as a folder."""
    conf = tmp_path / "clearml.conf"
    conf.write_text(
        'sdk.storage.path_substitution: [{registered_prefix: "s3://bucket/shared/", local_prefix: "file://'
        f'{tmp_path}/mount/"}}, {{registered_prefix: "", local_prefix: "file:///nowhere"}}]'
    )
    return Storage(environ={"CLEARML_CONFIG_FILE": str(conf)})


def test_a_bucket_may_be_mounted(mounted: Storage, tmp_path: Path) -> None:
    """What another machine has stored in it is found in the folder, and what is stored gets there."""
    (tmp_path / "mount").mkdir()
    (tmp_path / "mount" / "weights").write_bytes(b"weights")
    mounted.download("s3://bucket/shared/weights", tmp_path / "copy")
    mounted.upload(tmp_path / "copy", "s3://bucket/shared/again")

    assert (tmp_path / "copy").read_bytes() == b"weights"
    assert (tmp_path / "mount" / "again").read_bytes() == b"weights"


def test_another_bucket_is_not(mounted: Storage, tmp_path: Path) -> None:
    """Only what begins as it was said."""
    with pytest.raises(UsageError, match="no credentials"):
        mounted.download("s3://bucket/other/weights", tmp_path / "copy")
