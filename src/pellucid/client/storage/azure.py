"""Containers of Azure Blob Storage (sdk-surface M198, §5.3 ``sdk.azure.storage``).

The key is the one that the configuration names for this container or account; else ``AZURE_STORAGE_KEY``, if
``AZURE_STORAGE_ACCOUNT`` is this account or not set. What the machine is given by its cloud is used if the environment
says so, or the configuration's ``use_credentials_chain``: elsewhere, to ask for it is to wait for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import UsageError
from pellucid.client.storage import network
from pellucid.client.storage.cloud_conf import entries, switch, text
from pellucid.client.storage.location import Location

if TYPE_CHECKING:
    from obstore.store import AzureConfig, AzureStore

_SECTION: Final = "sdk.azure.storage"


_CLOUD: Final = (
    "AZURE_CLIENT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_TOKEN",
    "IDENTITY_ENDPOINT",
)
"""Variables by which a program, or its cloud, says who it is without the account's key."""


class AzureAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a container.

    Attributes:
        account: name of the storage account.
        key: its key; ``None`` for what the machine is given by its cloud.
        endpoint: address of a server of one's own; ``None`` for Azure's.
    """

    account: str
    key: str | None = None
    endpoint: str | None = None

    def __repr__(self) -> str:
        """Where and who; no secret, as this may get into a log."""
        return f"AzureAccess(account={self.account!r}, endpoint={self.endpoint!r})"


def azure_access(location: Location, conf: Mapping[str, Any], environ: Mapping[str, str]) -> AzureAccess:
    """How to reach a container, by the configuration and the environment.

    Raises:
        UsageError: the address has no account, or there are no credentials.
    """
    host, _, path_account = location.host.partition("/")
    account = path_account or host.partition(".")[0]
    if not account or (":" in host and not path_account):
        raise UsageError(f"{location}: allowed is azure://account.blob.core.windows.net/container/folder")
    key = _key(account, location.bucket, conf, environ)
    chain = _wants_chain(account, location.bucket, conf) or switch(
        conf, f"{_SECTION}.use_credentials_chain", otherwise=any(map(environ.get, _CLOUD))
    )
    if key is None and not chain:
        raise UsageError(f"{location}: no credentials; set AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY, or {_SECTION}")
    # A server of one's own is plain on this machine, as the emulator is.
    own = f"http://{location.host}" if path_account else None
    if own is None and not host.endswith(".windows.net") and "." in host:
        own = f"https://{host}"
    return AzureAccess(account=account, key=key, endpoint=own)


def open_azure(location: Location, access: AzureAccess, *, quick: bool) -> AzureStore:
    """The container; nothing is sent yet."""
    from obstore.store import AzureStore  # late: only who uses an object store needs it

    plain = access.endpoint is not None and access.endpoint.startswith("http://")
    config: AzureConfig = {"account_name": access.account}
    if access.key is not None:
        config["account_key"] = access.key
    if access.endpoint is not None:
        config["endpoint"] = access.endpoint
    return AzureStore(
        location.bucket,
        client_options=network.client_options(plain=plain, quick=quick),
        retry_config=network.retry_config(quick=quick),
        config=config,
    )


def _wants_chain(account: str, container: str, conf: Mapping[str, Any]) -> bool:
    return any(
        text(entry, "account_name") == account
        and text(entry, "container_name") in (None, container)
        and switch(entry, "use_credentials_chain", otherwise=False)
        for entry in entries(conf, f"{_SECTION}.containers")
    )


def _key(account: str, container: str, conf: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    found = None
    for entry in entries(conf, f"{_SECTION}.containers"):
        named = text(entry, "container_name")
        if text(entry, "account_name") == account and named in (None, container):
            found = text(entry, "account_key") if named or found is None else found
            if named:
                break
    if found is None and environ.get("AZURE_STORAGE_ACCOUNT", account) == account:
        found = environ.get("AZURE_STORAGE_KEY") or environ.get("AZURE_STORAGE_ACCOUNT_KEY")
    return found
