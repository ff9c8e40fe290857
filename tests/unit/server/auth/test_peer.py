"""Who is at the other end of a loopback connection."""

from __future__ import annotations

import os
import socket

import pytest

from pellucid.server.auth.peer import is_own_user, owner_of_peer


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_the_kernel_names_the_owner_of_a_real_socket(family: socket.AddressFamily, host: str) -> None:
    """Our own, here."""
    with socket.create_server((host, 0), family=family) as listener, socket.socket(family) as client:
        client.connect(listener.getsockname()[:2])
        connection, peer = listener.accept()
        with connection:
            assert owner_of_peer(peer[:2], listener.getsockname()[1]) == os.geteuid()
            assert is_own_user(peer[:2], listener.getsockname()[1])
            # The very same port towards another server is another socket.
            assert owner_of_peer(peer[:2], 1) is None


def test_nobody_is_known_beyond_this_machine() -> None:
    """An address elsewhere is never ours, even if its port is."""
    assert not is_own_user(("192.0.2.1", 40_000), 8008)
