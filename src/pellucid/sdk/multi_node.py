"""Several machines that work on one thing together: what each node of such a run knows (protocol §4.8)."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_count

RUNTIME: Final = "launch_multi_node/"
"""Before the names of what a node knows, in its task's ``runtime``."""

MASTER_MARK: Final = "CLEARML_MULTI_NODE_MASTER"
"""Set in the master's process, so that those that it starts launch no nodes once more."""

_LAST_PORT: Final = 65535
_PREFIXES: Final = ("PELLUCID_MULTI_NODE_MASTER_DEF_", "CLEARML_MULTI_NODE_MASTER_DEF_", "MASTER_")
_HOST_ADDRESS: Final = ("PELLUCID_AGENT_HOST_IP", "CLEARML_AGENT_HOST_IP")
_UNROUTED: Final = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737); nothing is sent to it."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """What one node knows.

    Attributes:
        total_num_nodes: all of them, the master included.
        queue: the name or id of the queue that the others were put into.
        master_addr: where the master is.
        master_port: and listens.
        node_rank: which one it is; 0 is the master.
        wait: whether the master waits for the others to start.
        devices: processes on each node, or a list of them; ``None`` for one.
    """

    total_num_nodes: int
    queue: str | None
    master_addr: str
    master_port: int
    node_rank: int = 0
    wait: bool = False
    devices: int | list[Any] | None = None

    def runtime(self) -> dict[str, Any]:
        """The same as entries of a task's ``runtime``."""
        return {f"{RUNTIME}{name}": value for name, value in msgspec.to_builtins(self).items()}

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What libraries for distributed computing read (seed, Distributed Execution).

        Args:
            environ: may say which process of the node this one is, by ``LOCAL_RANK``.
        """
        devices = len(self.devices) if isinstance(self.devices, list) else self.devices or 1
        local = environ.get("LOCAL_RANK", "")
        return {
            "MASTER_ADDR": self.master_addr,
            "MASTER_PORT": str(self.master_port),
            "NODE_RANK": str(self.node_rank),
            "RANK": str(self.node_rank * devices + (int(local) if local.isdecimal() else 0)),
            "WORLD_SIZE": str(self.total_num_nodes * devices),
        }


def find_node(runtime: Mapping[str, Any]) -> Node | None:
    """The node that a task is, if its master has launched it."""
    if not runtime.get(f"{RUNTIME}node_rank"):
        return None
    names = {name.removeprefix(RUNTIME): value for name, value in runtime.items() if name.startswith(RUNTIME)}
    return msgspec.convert(names, Node, strict=False)


def check_devices(value: object) -> int | list[Any] | None:
    """The argument ``devices``."""
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return list(value)
    return check_count("devices", value, least=1)


def master_address(given: str | None, environ: Mapping[str, str]) -> str:
    """Where the master is: as the environment says, else as given, else this machine's own address, which the
    environment may say, too."""
    own = next((environ[name] for name in _HOST_ADDRESS if environ.get(name)), None)
    return _first(environ, "ADDR") or given or own or own_address()


def master_port(given: int, environ: Mapping[str, str]) -> int:
    """Where the master listens: as the environment says, else as given.

    Raises:
        UsageError: it is no port.
    """
    text = _first(environ, "PORT")
    port: Any = given if text is None else int(text) if text.isdecimal() else text
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port <= _LAST_PORT:
        raise UsageError(f"port is {port!r}; allowed is a number from 1 to {_LAST_PORT}")
    return port


def own_address() -> str:
    """The address by which this machine reaches others; its loopback address if it reaches nobody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_UNROUTED)  # only chooses a route; a datagram socket sends nothing here
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _first(environ: Mapping[str, str], name: str) -> str | None:
    return next((environ[f"{prefix}{name}"] for prefix in _PREFIXES if environ.get(f"{prefix}{name}")), None)
