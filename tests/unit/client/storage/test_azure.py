"""Whom the keys of Azure are for."""

from __future__ import annotations

import pytest

from pellucid.base.errors import UsageError
from pellucid.client.storage.azure import AzureAccess, azure_access
from pellucid.client.storage.location import parse_location

CONTAINER = parse_location("azure://me.blob.core.windows.net/box/file").place


def test_the_nearest_key_wins() -> None:
    """Of the container, of the account, of the environment."""
    account = {"account_name": "me", "account_key": "account"}
    box = {**account, "account_key": "container", "container_name": "box"}
    other = {**account, "account_key": "other", "container_name": "other"}
    environ = {"AZURE_STORAGE_ACCOUNT": "me", "AZURE_STORAGE_KEY": "environment"}

    for entries, key in [([other, account, box], "container"), ([other, account], "account"), ([other], "environment")]:
        conf = {"sdk.azure.storage.containers": entries}
        assert azure_access(CONTAINER, conf, environ) == AzureAccess(account="me", key=key)


def test_m198_no_credentials() -> None:
    """Are told, unless the machine is given some by its cloud; another account's are none."""
    with pytest.raises(UsageError, match="no credentials; set AZURE_STORAGE_ACCOUNT"):
        azure_access(CONTAINER, {}, {"AZURE_STORAGE_ACCOUNT": "other", "AZURE_STORAGE_KEY": "key"})
    assert azure_access(CONTAINER, {}, {"AZURE_CLIENT_ID": "me"}).key is None


def test_servers_of_ones_own() -> None:
    """The emulator, another cloud; what lacks an account is told."""
    key = {"AZURE_STORAGE_KEY": "key"}
    emulator = parse_location("azure://127.0.0.1:10000/me/box").place
    elsewhere = parse_location("azure://me.blob.example/box").place

    assert azure_access(emulator, {}, key) == AzureAccess(account="me", key="key", endpoint="http://127.0.0.1:10000/me")
    assert azure_access(elsewhere, {}, key).endpoint == "https://me.blob.example"
