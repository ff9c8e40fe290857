"""Tests of ``pellucid.sdk.multi_node``: what a node knows."""

from __future__ import annotations

import pytest

from pellucid.base.errors import UsageError
from pellucid.sdk.multi_node import Node, check_devices, find_node, master_address, master_port, own_address

NODE = Node(total_num_nodes=3, queue=None, master_addr="10.0.0.1", master_port=1234, node_rank=2, devices=4)


def test_a_node_is_found_in_its_task_s_runtime() -> None:
    """Whatever else is there; the master's is none, nor is any other task's."""
    assert find_node({"progress": "1", **NODE.runtime()}) == NODE
    assert find_node({**NODE.runtime(), "launch_multi_node/node_rank": 0}) is None
    assert find_node({}) is None


def test_m136_variables_of_a_process_of_a_node() -> None:
    """All are texts; ranks count processes."""
    assert NODE.variables({"LOCAL_RANK": "3"}) == {
        "MASTER_ADDR": "10.0.0.1",
        "MASTER_PORT": "1234",
        "NODE_RANK": "2",
        "RANK": "11",
        "WORLD_SIZE": "12",
    }


def test_m132_m133_what_the_environment_says_comes_first() -> None:
    """Our own variables before those of libraries, and those before the arguments."""
    environ = {"MASTER_PORT": "2", "MASTER_ADDR": "two"}
    first = {"CLEARML_MULTI_NODE_MASTER_DEF_PORT": "1", "CLEARML_MULTI_NODE_MASTER_DEF_ADDR": "one"}

    assert (master_port(3, environ | first), master_address("three", environ | first)) == (1, "one")
    assert (master_port(3, environ), master_address("three", environ)) == (2, "two")
    assert (master_port(3, {}), master_address("three", {})) == (3, "three")
    assert master_address(None, {"CLEARML_AGENT_HOST_IP": "10.0.0.9"}) == "10.0.0.9"
    assert master_address(None, {}) == own_address()
    assert own_address().count(".") == 3


@pytest.mark.parametrize(("port", "environ"), [(0, {}), (70000, {}), (1, {"MASTER_PORT": "x"}), (True, {})])
def test_m132_what_is_no_port(port: int, environ: dict[str, str]) -> None:
    """Is refused by name."""
    with pytest.raises(UsageError, match="port is "):
        master_port(port, environ)


def test_devices() -> None:
    """A number, or a list."""
    assert [check_devices(given) for given in (None, 2, (0, 1))] == [None, 2, [0, 1]]
    nothing: list[int] = []
    for given in (0, "two", nothing):
        with pytest.raises(UsageError, match="devices is "):
            check_devices(given)
