"""Buckets of S3, Amazon's and others' (sdk-surface M195, M196, §5.3 ``sdk.aws.s3``).

The keys are those that the configuration names for this bucket or host; else the environment's ``AWS_*``; else the
configuration's general ones; else a profile of ``~/.aws/credentials``. What the machine is given by its cloud is used
if the environment says so, as it does in containers, or the configuration's ``use_credentials_chain``: elsewhere, to
ask for it is to wait for nobody.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import UsageError
from pellucid.client.storage import network
from pellucid.client.storage.cloud_conf import entries, switch, text
from pellucid.client.storage.location import Location

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_SECTION: Final = "sdk.aws.s3"
_CLOUD: Final = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_METADATA_ENDPOINT",
)
"""Variables of machines that are given credentials by their cloud."""

_DEFAULT_REGION: Final = "us-east-1"


class S3Access(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a bucket.

    Attributes:
        endpoint: address of the service; ``None`` for Amazon's.
        region: of the bucket.
        key: half of the credentials; ``None`` for what the machine is given by its cloud.
        secret: the other half.
        token: of credentials that expire.
        verify: whether certificates are checked, or the path of a bundle to check them with.
    """

    endpoint: str | None
    region: str
    key: str | None = None
    secret: str | None = None
    token: str | None = None
    verify: bool | str = True

    def __repr__(self) -> str:
        """Where and who; no secret, as this may get into a log."""
        return f"S3Access(endpoint={self.endpoint!r}, key={self.key!r})"


def s3_access(location: Location, conf: Mapping[str, Any], environ: Mapping[str, str]) -> S3Access:
    """How to reach a bucket, by the configuration and the environment.

    Raises:
        UsageError: there are no credentials, or half of them, or the configuration can't be used.
    """
    entry = _entry(location, conf)
    general = {
        name: conf[f"{_SECTION}.{name}"]
        for name in ("key", "secret", "token", "region", "profile", "verify", "use_credentials_chain")
        if f"{_SECTION}.{name}" in conf
    }
    chain = switch({**general, **entry}, "use_credentials_chain", otherwise=any(map(environ.get, _CLOUD)))
    keys = _keys(entry, general, environ)
    if not keys and not chain:
        raise UsageError(f"{location}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or {_SECTION}")
    if bool(keys.get("key")) != bool(keys.get("secret")):
        raise UsageError(f"{location}: half of the credentials is configured; it takes a key and a secret")
    region = text(entry, "region") or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return S3Access(
        endpoint=_endpoint(location, entry, environ),
        region=region or text(general, "region") or _DEFAULT_REGION,
        verify=_verify(entry if "verify" in entry else general),
        **keys,
    )


def open_s3(location: Location, access: S3Access, *, quick: bool) -> S3Store:
    """The bucket; nothing is sent yet."""
    from obstore.store import S3Store  # late: only who uses an object store needs it

    config: S3Config = {"region": access.region}
    if access.endpoint is not None:
        config["endpoint"] = access.endpoint
    if access.key is not None and access.secret is not None:
        config |= {"access_key_id": access.key, "secret_access_key": access.secret}
    if access.token is not None:
        config["session_token"] = access.token
    plain = access.endpoint is not None and access.endpoint.startswith("http://")
    return S3Store(
        location.bucket,
        client_options=network.client_options(plain=plain, verify=access.verify, quick=quick),
        retry_config=network.retry_config(quick=quick),
        config=config,
    )


def _entry(location: Location, conf: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is configured for this bucket, or for this host."""
    found: Mapping[str, Any] = {}
    for entry in entries(conf, f"{_SECTION}.credentials"):
        host, bucket = text(entry, "host") or "", (text(entry, "bucket") or "").strip("/")
        if host != location.host or (bucket and bucket != location.bucket) or not (host or bucket):
            continue
        if bucket:
            return entry
        found = found or entry
    return found


def _keys(entry: Mapping[str, Any], general: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str | None]:
    names = ("key", "secret", "token")
    from_environment = {
        "key": environ.get("AWS_ACCESS_KEY_ID"),
        "secret": environ.get("AWS_SECRET_ACCESS_KEY"),
        "token": environ.get("AWS_SESSION_TOKEN"),
    }
    for given in (entry, from_environment, general):
        if text(given, "key") or text(given, "secret"):
            return {name: text(given, name) for name in names}
    profile = text(entry, "profile") or environ.get("AWS_PROFILE") or text(general, "profile")
    return _from_profile(profile, environ)


def _from_profile(profile: str | None, environ: Mapping[str, str]) -> dict[str, str | None]:
    """Keys of a profile of Amazon's own tools; none if it has no such file.

    Raises:
        UsageError: a profile that was asked for is not there, or the file can't be read.
    """
    path = Path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()
    profiles = configparser.RawConfigParser()
    try:
        profiles.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeError) as error:
        raise UsageError(f"{path} can't be read: {error}") from error
    if not profiles.has_section(profile or "default"):
        if profile is not None:
            raise UsageError(f"AWS profile {profile!r}: {path} has none of that name")
        return {}
    section = profiles[profile or "default"]
    return {
        "key": section.get("aws_access_key_id"),
        "secret": section.get("aws_secret_access_key"),
        "token": section.get("aws_session_token"),
    }


def _endpoint(location: Location, entry: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    """The address of the service; HTTPS unless the configuration says otherwise, or it is on this machine."""
    if not location.host:
        return environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or None
    secure = switch(entry, "secure", otherwise=not _is_loopback(location.host))
    return f"{'https' if secure else 'http'}://{location.host}"


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0].strip("[]")
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _verify(values: Mapping[str, Any]) -> bool | str:
    """A switch, or the path of a bundle of certificates."""
    found = text(values, "verify")
    return found if found is not None and "/" in found else switch(values, "verify", otherwise=True)
