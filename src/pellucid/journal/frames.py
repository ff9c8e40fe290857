"""Framed records as bytes: encoding, and finding them again among damage."""

from __future__ import annotations

from zlib import crc32

import msgspec

from pellucid.journal.format import FRAME, FRAME_MARK, MAX_PAYLOAD


class Frame(msgspec.Struct, frozen=True):
    """A whole record.

    Attributes:
        kind: what the payload is.
        payload: its bytes.
        end: the position behind it.
    """

    kind: int
    payload: bytes
    end: int

    @property
    def start(self) -> int:
        """The position before it."""
        return self.end - FRAME.size - len(self.payload)


class Damage(msgspec.Struct, frozen=True):
    """Bytes that are no record, because the disk was full, the process died while writing, or something else wrote
    there.

    Attributes:
        start: position of the first of them.
        end: the position behind the last.
    """

    start: int
    end: int


def encode_frame(kind: int, payload: bytes) -> bytes:
    """The bytes of a record."""
    return FRAME.pack(FRAME_MARK, len(payload), _checksum(kind, payload), kind) + payload


def decode_frame(data: bytes, start: int, base: int) -> Frame | None:
    """The record that begins at an index.

    Args:
        data: part of a file.
        start: index into it.
        base: position of ``data`` in the file.

    Returns:
        ``None`` if no whole, sound record begins there.
    """
    body = start + FRAME.size
    if len(data) < body or not data.startswith(FRAME_MARK, start):
        return None
    _, length, checksum, kind = FRAME.unpack_from(data, start)
    if length > MAX_PAYLOAD or len(data) < body + length:
        return None
    payload = data[body : body + length]
    return Frame(kind, payload, base + body + length) if _checksum(kind, payload) == checksum else None


def find_frame(data: bytes, start: int, base: int) -> int | None:
    """The index of the first whole, sound record at or after an index, ``None`` if there is none."""
    while (start := data.find(FRAME_MARK, start)) >= 0:
        if decode_frame(data, start, base) is not None:
            return start
        start += 1
    return None


def _checksum(kind: int, payload: bytes) -> int:
    return crc32(payload, kind)
