"""Buckets of Google Cloud Storage (sdk-surface M197, §5.3 ``sdk.google.storage``).

Credentials are a service account's file: the one that the configuration names for this bucket, or
``GOOGLE_APPLICATION_CREDENTIALS``, or the one that the configuration names for all; else what ``gcloud`` or the
machine's cloud knows. ``STORAGE_EMULATOR_HOST`` is a server without accounts, as with Google's own libraries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import UsageError
from pellucid.client.storage import network
from pellucid.client.storage.cloud_conf import entries, text
from pellucid.client.storage.location import Location

if TYPE_CHECKING:
    from obstore.store import GCSConfig, GCSStore

_SECTION: Final = "sdk.google.storage"


class GoogleAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a bucket.

    Attributes:
        account: path of a service account's file; ``None`` for what the machine knows.
        emulator: address of a server without accounts, in place of Google's.
    """

    account: str | None = None
    emulator: str | None = None


def google_access(location: Location, conf: Mapping[str, Any], environ: Mapping[str, str]) -> GoogleAccess:
    """How to reach a bucket, by the configuration and the environment.

    Raises:
        UsageError: a file of credentials does not exist.
    """
    emulator = environ.get("STORAGE_EMULATOR_HOST")
    if emulator:
        return GoogleAccess(emulator=emulator if "://" in emulator else f"http://{emulator}")
    named = (
        text(entry, "credentials_json")
        for entry in entries(conf, f"{_SECTION}.credentials")
        if text(entry, "bucket") == location.bucket
    )
    account = (
        next((path for path in named if path), None)
        or environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        or text(conf, f"{_SECTION}.credentials_json")
    )
    if account and not Path(account).expanduser().is_file():
        raise UsageError(f"{location}: the file of credentials {account!r} does not exist")
    return GoogleAccess(account=str(Path(account).expanduser()) if account else None)


def open_google(location: Location, access: GoogleAccess, *, quick: bool) -> GCSStore:
    """The bucket; nothing is sent yet."""
    from obstore.store import GCSStore  # late: only who uses an object store needs it

    plain = access.emulator is not None and access.emulator.startswith("http://")
    options = network.client_options(plain=plain, quick=quick)
    retries = network.retry_config(quick=quick)
    config: GCSConfig = {}
    if access.emulator is not None:
        config = {"service_account_key": emulator_account(access.emulator)}
    elif access.account is not None:
        config = {"application_credentials": access.account}
    return GCSStore(location.bucket, client_options=options, retry_config=retries, config=config)


def emulator_account(address: str) -> str:
    """The file of a service account that has none, by which the library asks nobody for a token."""
    nobody = {"private_key": "", "private_key_id": "", "client_email": "", "disable_oauth": True}
    return json.dumps({"gcs_base_url": address, **nobody})
