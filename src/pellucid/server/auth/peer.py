"""Which user of this machine is at the other end of a loopback connection, by the kernel's word.

The tables in ``/proc/net`` name the owner of every socket, so a browser of the user who runs the server needs no
password, and one of another user on the same machine gets no access.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def is_own_user(peer: tuple[str, int], local_port: int) -> bool:
    """Whether the socket at the other end belongs to the user that this process runs as.

    Args:
        peer: address and port of the other end.
        local_port: the port at our end.

    Returns:
        ``False`` also where it cannot be known: not on the loopback interface, or no such tables.
    """
    return owner_of_peer(peer, local_port) == os.geteuid()


def owner_of_peer(peer: tuple[str, int], local_port: int) -> int | None:
    """The user id that owns the socket at the other end, ``None`` if it cannot be known."""
    host, port = peer
    if not ipaddress.ip_address(host).is_loopback:
        return None
    for table in _TABLES:
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            # sl local_address rem_address st tx:rx tr:when retrnsmt uid …; seen from the other end, its port is local.
            _, local, remote, _, _, _, _, uid, *_ = row.split()
            if (_port(local), _port(remote)) == (port, local_port) and _is_loopback(local):
                return int(uid)
    return None


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _is_loopback(address: str) -> bool:
    """The kernel prints each 32-bit word of an address in the byte order of the machine."""
    words = address.rpartition(":")[0]
    raw = b"".join(bytes.fromhex(words[at : at + 8])[::-1] for at in range(0, len(words), 8))
    parsed = ipaddress.ip_address(raw)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
