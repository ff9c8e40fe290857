"""Addresses of files and places."""

from __future__ import annotations

import os

import pytest

from pellucid.base.errors import UsageError
from pellucid.client.storage.location import Location, parse_location


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("/mnt/share/folder/", Location("file", "", "", "/mnt/share/folder")),
        ("file:///mnt/a%20b", Location("file", "", "", "/mnt/a b")),
        ("s3://bucket", Location("s3", "", "bucket", "")),
        ("s3://bucket/a folder/x%20y?z#w", Location("s3", "", "bucket", "a folder/x%20y?z#w")),
        ("s3://host_addr:9000/bucket/folder/", Location("s3", "host_addr:9000", "bucket", "folder")),
        ("GS://bucket-name/folder", Location("gs", "", "bucket-name", "folder")),
        ("azure://me.blob.core.windows.net/box/file", Location("azure", "me.blob.core.windows.net", "box", "file")),
        ("azure://127.0.0.1:10000/me/box/file", Location("azure", "127.0.0.1:10000/me", "box", "file")),
        ("http://host:8081/a%20b?c=d", Location("http", "host:8081", "", "a%20b?c=d")),
    ],
)
def test_m194_m195_m196_m197_m198_addresses(uri: str, location: Location) -> None:
    """As they are written in scripts; and written down again, they mean the same."""
    assert parse_location(uri) == location
    assert parse_location(str(location)) == location


def test_relative_folders() -> None:
    """Are those of the working directory and the home."""
    assert parse_location("some/folder").path == os.path.join(os.getcwd(), "some/folder")
    assert parse_location("~/folder").path == os.path.expanduser("~/folder")


@pytest.mark.parametrize(
    "uri",
    ["", " ", "ftp://host/x", "s3://", "s3://host:9000", "gs:///x", "azure://me.blob.core.windows.net", "file://x"],
)
def test_what_is_no_address(uri: str) -> None:
    """Is told by name, with what is."""
    with pytest.raises(UsageError, match=r"output_uri is .* allowed are a folder, file:///folder, s3://bucket/folder"):
        parse_location(uri, "output_uri")


@pytest.mark.parametrize("uri", ["http://host:port/", "http://[", "https:///x"])
def test_what_is_no_server(uri: str) -> None:
    """Likewise."""
    with pytest.raises(UsageError, match="allowed are"):
        parse_location(uri)


def test_joining() -> None:
    """Quoted where addresses are."""
    names = {
        "/mnt/share": "file:///mnt/share/a%20b/%23c",
        "s3://bucket/prefix": "s3://bucket/prefix/a b/#c",
        "s3://bucket": "s3://bucket/a b/#c",
        "http://host/files": "http://host/files/a%20b/%23c",
    }

    assert {place: str(parse_location(place).join("a b/#c")) for place in names} == names
