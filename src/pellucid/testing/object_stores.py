"""Servers of other make that speak the protocols of object stores, for tests.

* S3: SeaweedFS, which checks signatures.
* Google Cloud Storage: SeaweedFS without accounts. Google's XML interface, which ``obstore`` uses, is S3's but for its
  accounts; the emulators made for Google's own libraries speak its JSON interface only.
* Azure: Azurite, Microsoft's own.

``make test`` installs them. Import the fixtures where they are needed; tests that use them are skipped, by name, where
the server is not installed.
"""

from __future__ import annotations

import hmac
import os
import random
import shutil
import socket
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
import obstore
import pytest
import urllib3
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

from pellucid.client.storage.google import emulator_account

_ROOT: Final = Path(__file__).parents[3]
_SEAWEED: Final = _ROOT / ".venv-stores" / "bin" / "weed"
_AZURITE: Final = _ROOT / "tests" / "object_stores" / "azurite" / "node_modules" / ".bin" / "azurite-blob"

_START_SECONDS: Final = 60

BUCKET: Final = "tests"

_KEY, _SECRET = "test-key", "test-secret"
_ACCOUNT: Final = "devstoreaccount1"
_ACCOUNT_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's own, printed in its manual."""


@dataclass(frozen=True)
class RunningStore:
    """An object store, and what a program takes to use it.

    Attributes:
        uri: address of a bucket.
        environ: environment variables.
        conf: the same as a section of ``clearml.conf``, with nothing in the environment.
        inside: looks into the bucket, by the side door.
    """

    uri: str
    environ: Mapping[str, str]
    inside: ObjectStore
    conf: str = ""

    def content(self, key: str) -> bytes:
        """What there is under a key."""
        return bytes(obstore.get(self.inside, key).bytes())


@contextmanager
def running_s3(folder: Path) -> Iterator[RunningStore]:
    """S3 that checks signatures. Raises LookupError where it is not installed."""
    keys = {"accessKey": _KEY, "secretKey": _SECRET}
    identity = {"name": "test", "credentials": [keys], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    accounts = folder / "accounts.json"
    accounts.write_bytes(msgspec.json.encode({"identities": [identity]}))
    with _seaweed(folder, f"-s3.config={accounts}") as port:
        inside = S3Store(
            BUCKET,
            config={
                "endpoint": f"http://127.0.0.1:{port}",
                "access_key_id": _KEY,
                "secret_access_key": _SECRET,
                "region": "us-east-1",
            },
            client_options={"allow_http": True},
        )
        _until_it_stores(inside)
        host = f"127.0.0.1:{port}"
        yield RunningStore(
            uri=f"s3://{host}/{BUCKET}",
            environ={"AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _SECRET},
            conf=f'sdk.aws.s3.credentials: [{{host: "{host}", key: "{_KEY}", secret: "{_SECRET}", secure: false}}]',
            inside=inside,
        )


@contextmanager
def running_google(folder: Path) -> Iterator[RunningStore]:
    """Google Cloud Storage without accounts. Raises LookupError where it is not installed."""
    with _seaweed(folder) as port:
        address = f"http://127.0.0.1:{port}"
        account = emulator_account(address)
        inside = GCSStore(BUCKET, config={"service_account_key": account}, client_options={"allow_http": True})
        _until_it_stores(inside, prepare=lambda: urllib3.request("PUT", f"{address}/{BUCKET}", retries=False))
        yield RunningStore(f"gs://{BUCKET}", {"STORAGE_EMULATOR_HOST": address}, inside)


@contextmanager
def running_azure(folder: Path) -> Iterator[RunningStore]:
    """Azure Blob Storage. Raises LookupError where it is not installed."""
    if not _AZURITE.exists() or shutil.which("node") is None:
        raise LookupError("no Azurite here")
    port = _free_port()
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder)]
    quiet = ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    with _running(folder, ["node", str(_AZURITE), *options, *quiet]):
        endpoint = f"http://127.0.0.1:{port}/{_ACCOUNT}"
        inside = AzureStore(
            BUCKET,
            config={"account_name": _ACCOUNT, "account_key": _ACCOUNT_KEY, "endpoint": endpoint},
            client_options={"allow_http": True},
        )
        _until_it_stores(inside, prepare=lambda: _make_container(endpoint))
        section = f'{{account_name: "{_ACCOUNT}", account_key: "{_ACCOUNT_KEY}", container_name: "{BUCKET}"}}'
        yield RunningStore(
            uri=f"azure://127.0.0.1:{port}/{_ACCOUNT}/{BUCKET}",
            environ={"AZURE_STORAGE_ACCOUNT": _ACCOUNT, "AZURE_STORAGE_KEY": _ACCOUNT_KEY},
            conf=f"sdk.azure.storage.containers: [{section}]",
            inside=inside,
        )


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """S3."""
    yield from _or_skip(running_s3(tmp_path_factory.mktemp("s3")))


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """Google Cloud Storage."""
    yield from _or_skip(running_google(tmp_path_factory.mktemp("google")))


@pytest.fixture(scope="session")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """Azure Blob Storage."""
    yield from _or_skip(running_azure(tmp_path_factory.mktemp("azure")))


def _or_skip(running: AbstractContextManager[RunningStore]) -> Iterator[RunningStore]:
    with ExitStack() as stack:
        try:
            store = stack.enter_context(running)
        except LookupError as reason:
            if "CI" in os.environ:
                raise
            pytest.skip(str(reason))
        yield store


@contextmanager
def _seaweed(folder: Path, *options: str) -> Iterator[int]:
    """SeaweedFS; yields the port of its S3."""
    if not _SEAWEED.exists():
        raise LookupError("no SeaweedFS here")
    names = ("master", "volume", "filer", "s3", "admin")
    ports = dict(zip(names, _free_pairs(len(names)), strict=True))
    command = [str(_SEAWEED), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += [f"-{name}.port={port}" for name, port in ports.items()]
    command += [f"-{name}.localSocket={folder}/{name}.sock" for name in ("filer", "s3")]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false"]
    # It would tell its makers about us.
    command += ["-master.telemetry=false", *options]
    with _running(folder, command):
        yield ports["s3"]


@contextmanager
def _running(folder: Path, command: list[str]) -> Iterator[None]:
    """A server that is killed at the end: its data is the test's, and some take half a minute to say goodbye. It ends
    when this process does, however that is."""
    with (folder / "log").open("wb") as log:
        ending = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        process = subprocess.Popen([*ending, *command], cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _until_it_stores(store: ObjectStore, *, prepare: Callable[[], object] = lambda: None) -> None:
    """Wait for more than the port: some answer before they can store anything."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            prepare()
            obstore.put(store, "is-it-there", b"yes")
            obstore.get(store, "is-it-there").bytes()
        except (BaseError, urllib3.exceptions.HTTPError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _make_container(endpoint: str) -> None:
    """Make Azure's container, by a request that is signed as its manual says."""
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2023-11-03"}
    listed = "".join(f"{name}:{value}\n" for name, value in headers.items())
    to_sign = f"PUT{12 * chr(10)}{listed}/{_ACCOUNT}/{_ACCOUNT}/{BUCKET}\nrestype:container"
    signature = b64encode(hmac.digest(b64decode(_ACCOUNT_KEY), to_sign.encode(), "sha256")).decode()
    headers["Authorization"] = f"SharedKey {_ACCOUNT}:{signature}"
    response = urllib3.request("PUT", f"{endpoint}/{BUCKET}?restype=container", headers=headers, retries=False)
    if response.status not in (HTTPStatus.CREATED, HTTPStatus.CONFLICT):
        raise OSError(f"no container: {response.status} {response.data[:200]!r}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _free_pairs(number: int) -> list[int]:
    """Ports that are free, as are those 10,000 above, which SeaweedFS takes as well; all below those that the kernel
    gives to whoever asks for any."""
    found: list[int] = []
    for port in random.SystemRandom().sample(range(20_000, 22_700), 2_000):
        try:
            for one in (port, port + 10_000):
                socket.create_server(("127.0.0.1", one)).close()
        except OSError:
            continue
        found.append(port)
        if len(found) == number:
            return found
    raise RuntimeError("no free ports")
