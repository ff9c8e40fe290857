"""Addresses of files and of places for files (sdk-surface §1.20).

Folders are written as paths or with ``file://``; file servers with ``http://`` or ``https://``; object stores as
``s3://bucket/…``, ``s3://host:port/bucket/…``, ``gs://bucket/…`` and
``azure://account.blob.core.windows.net/container/…``. The key of an object is taken as it is written; addresses of
files and of HTTP are URL-quoted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote, unquote, urlsplit

import msgspec

from pellucid.base.errors import UsageError

Kind = Literal["file", "http", "https", "s3", "gs", "azure"]

ALLOWED: Final = (
    "a folder, file:///folder, s3://bucket/folder, s3://host:port/bucket/folder, gs://bucket/folder, "
    "azure://account.blob.core.windows.net/container/folder, and the address of a file server"
)


class Location(msgspec.Struct, frozen=True):
    """A file, or a place for files.

    Attributes:
        kind: what keeps it.
        host: network address, perhaps with a port; empty for folders and for the clouds' own S3 and GCS.
        bucket: the bucket, or the container of Azure; empty for folders and file servers.
        path: what is behind that, without a slash at the start but for folders; URL-quoted, and with its query, on file
            servers only.
    """

    kind: Kind
    host: str
    bucket: str
    path: str

    @property
    def is_object_store(self) -> bool:
        """Whether it is in a bucket."""
        return self.kind in ("s3", "gs", "azure")

    @property
    def unquoted(self) -> str:
        """The path as it would be on a disk, without a query."""
        return unquote(self.path.partition("?")[0]) if self.kind in ("http", "https") else self.path

    @property
    def place(self) -> Location:
        """The bucket, the server or the file system as a whole."""
        return msgspec.structs.replace(self, path="/" if self.kind == "file" else "")

    def __str__(self) -> str:
        """Its address."""
        if self.kind == "file":
            return Path(self.path).as_uri()
        return f"{self.kind}://" + "/".join(part for part in (self.host, self.bucket, self.path) if part)

    def join(self, path: str) -> Location:
        """A file in this place; the path is not URL-quoted."""
        added = quote(path) if self.kind in ("http", "https") else path
        return msgspec.structs.replace(self, path=f"{self.path.rstrip('/')}/{added}" if self.path else added)


def parse_location(uri: str | Path, argument: str = "url") -> Location:
    """What an address means.

    Args:
        uri: the address, or the path of a file or folder.
        argument: what to name in an error.

    Raises:
        UsageError: it is no address, or of a kind that is not known.
    """
    text = str(uri).strip()
    scheme, separator, rest = text.partition("://")
    if not separator and text:
        return Location("file", "", "", os.path.abspath(os.path.expanduser(text)))
    match scheme.lower():
        case "file":
            return Location("file", "", "", _path_of_file(rest, argument, uri))
        case "http" | "https" as kind:
            return _on_server(kind, text, argument)
        case "s3" | "gs" | "azure" as store:
            host, bucket, path = _object(store, rest)
            if bucket:
                return Location(store, host, bucket, path)
    raise _unusable(argument, uri)


def _path_of_file(rest: str, argument: str, uri: object) -> str:
    path = unquote(rest.removeprefix("localhost"))
    if not path.startswith("/"):
        raise _unusable(argument, uri)
    return os.path.normpath(path)


def _on_server(kind: Literal["http", "https"], text: str, argument: str) -> Location:
    try:
        parts = urlsplit(text)
        if parts.hostname and (parts.port is None or parts.port > 0):
            path = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
            return Location(kind, parts.netloc, "", path)
    except ValueError:
        pass  # a port that is no number, a bracket without its counterpart
    raise _unusable(argument, text)


def _object(kind: Literal["s3", "gs", "azure"], rest: str) -> tuple[str, str, str]:
    """Host, bucket and path of an object. An S3 of one's own is known by its port, as a bucket's name has no colon; a
    storage of Azure on such a host has its account as the first part of the path."""
    first, _, behind = rest.partition("/")
    behind = behind.strip("/")
    has_port = ":" in first
    if kind == "gs" or (kind == "s3" and not has_port):
        return "", first, behind
    if kind == "azure" and has_port:
        account, _, behind = behind.partition("/")
        first = f"{first}/{account}" if account else first
    bucket, _, path = behind.partition("/")
    return first, bucket, path


def _unusable(argument: str, uri: object) -> UsageError:
    return UsageError(f"{argument} is {str(uri)!r}; allowed are {ALLOWED}")
