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
            local = connection.getsockname()[:2]
            assert owner_of_peer(peer[:2], local) == os.geteuid()
            assert is_own_user(peer[:2], local)
            # The very same port towards another server is another socket.
            assert owner_of_peer(peer[:2], (local[0], 1)) is None
            client.close()
            assert connection.recv(1) == b""
        # A connection that is over has a row for a minute, which names root as its owner.
        assert owner_of_peer(peer[:2], local) is None


def test_the_same_port_on_another_loopback_address_is_another_socket() -> None:
    """Any user of the machine may take it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        connection, (_, port) = listener.accept()
        with connection:
            assert owner_of_peer(("127.0.0.2", port), connection.getsockname()) is None
            assert owner_of_peer(client.getsockname(), connection.getsockname()) is not None


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "unix", ""])
def test_nobody_is_known_beyond_this_machine(host: str) -> None:
    """An address elsewhere is never ours, even if its port is."""
    assert not is_own_user((host, 40_000), ("127.0.0.1", 8008))
