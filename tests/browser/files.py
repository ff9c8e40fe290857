"""Files on the server of a browser test."""

from __future__ import annotations

import struct
import zlib

import httpx

from pellucid.testing.server import RunningServer


def store(server: RunningServer, path: str, content: bytes) -> str:
    """Store a file and return its address."""
    address = f"{server.url}/files/{path}"
    assert httpx.put(address, content=content, auth=(server.access_key, server.secret_key)).is_success
    return address


def png(red: int, green: int, blue: int, *, size: int = 64) -> bytes:
    """A picture of one colour."""
    row = b"\0" + bytes([red, green, blue]) * size
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * size)),
        (b"IEND", b""),
    ]
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
