"""Which user of this machine is at the other end of a loopback connection, by the kernel's word.

The tables in ``/proc/net`` name the owner of every socket, so a browser of the user who runs the server needs no
password, and one of another user on the same machine gets no access.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Final, TypeAlias

Address: TypeAlias = tuple[str, int]
"""Host and port of one end of a connection."""

_TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")
_ESTABLISHED: Final = "01"
"""Rows in other states don't name an owner: closed connections that are still remembered say 0, which is root."""


def is_own_user(peer: Address, local: Address) -> bool:
    """Whether the socket at the other end belongs to the user that this process runs as.

    Args:
        peer: the other end, as the kernel says it; never what a header says.
        local: our end.

    Returns:
        ``False`` also where it cannot be known: not on the loopback interface, or no such tables.
    """
    return owner_of_peer(peer, local) == os.geteuid()


def owner_of_peer(peer: Address, local: Address) -> int | None:
    """The user id that owns the socket at the other end, ``None`` if it cannot be known."""
    theirs, ours = _parse(peer), _parse(local)
    if theirs is None or not theirs[0].is_loopback:
        return None
    for table in _TABLES:
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            # sl local_address rem_address st tx:rx tr:when retrnsmt uid …; their end is local to their socket.
            # Whole addresses are compared: another user may take the same port on another loopback address.
            _, at, to, state, _, _, _, uid, *_ = row.split()
            if state == _ESTABLISHED and (_parse_hex(at), _parse_hex(to)) == (theirs, ours):
                return int(uid)
    return None


_Parsed: TypeAlias = tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]


def _parse(address: Address) -> _Parsed | None:
    try:
        return _plain(ipaddress.ip_address(address[0])), address[1]
    except ValueError:
        return None


def _parse_hex(address: str) -> _Parsed:
    """The kernel prints each 32-bit word of an address as a number in the byte order of the machine."""
    words, _, port = address.rpartition(":")
    numbers = [int(words[at : at + 8], 16) for at in range(0, len(words), 8)]
    raw = b"".join(number.to_bytes(4, sys.byteorder) for number in numbers)
    return _plain(ipaddress.ip_address(raw)), int(port, 16)


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address is the same one when an IPv6 socket writes it."""
    return getattr(address, "ipv4_mapped", None) or address
