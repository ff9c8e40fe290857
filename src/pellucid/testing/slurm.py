"""A private Slurm for tests: its daemons in a temporary folder, with two nodes that are this machine.

Import the fixture ``slurm`` (one for the session) where it is needed; tests that use it are skipped, by name, where
Slurm is not installed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest

from pellucid.base.ids import new_id

NODES: Final = 2
CPUS: Final = 4
MEMORY: Final = 2000
"""Of each node, in MB."""

_START_SECONDS: Final = 60.0
_PROGRAMS: Final = ("munged", "slurmctld", "slurmd", "sbatch")
_PATH: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"

_CONFIGURATION: Final = """
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge
CryptoType=crypto/munge
MpiDefault=none
ReturnToService=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0
AccountingStorageType=accounting_storage/none
KillWait=1
DefMemPerCPU=100
GresTypes=gpu
ProctrackType={tracking}
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
NodeName=DEFAULT CPUs={cpus} RealMemory={memory} Gres=gpu:1
NodeName={nodes} NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[1]},{ports[2]}
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
PartitionName=short Nodes=ALL Default=YES MaxTime=10 PriorityTier=1 State=UP
PartitionName=long Nodes=ALL PriorityTier=1 State=UP
PartitionName=urgent Nodes=ALL PriorityTier=2 State=UP
"""


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Slurm that the commands of this process talk to; its folder."""
    missing = [program for program in _PROGRAMS if shutil.which(program, path=_PATH) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"Slurm can't be started: {', '.join(missing) or 'that takes root'}")
    with running_slurm(tmp_path_factory.mktemp("slurm")) as folder:
        yield folder


@contextmanager
def running_slurm(folder: Path) -> Iterator[Path]:
    """Start the daemons, point ``SLURM_CONF`` to them, and end them with the block."""
    # Nodes are cgroups, of which those of other tests on this machine are not to be these.
    nodes = [f"node-{new_id()[:8]}" for _ in range(NODES)]
    _configure(folder, nodes)
    before = os.environ.get("SLURM_CONF")
    os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
    try:
        with ExitStack() as daemons:
            # Slurm's own are to find the daemon that signs for them.
            daemons.enter_context(_daemon(folder, "munged", *_munge_options(folder)))
            _await(folder, lambda: (folder / "munge").exists())
            daemons.enter_context(_daemon(folder, "slurmctld", "-D", "-i", "-c"))
            for node in nodes:
                daemons.enter_context(_daemon(folder, "slurmd", "-D", "-N", node))
            _await(folder, _is_idle)
            yield folder
    finally:
        if before is None:
            del os.environ["SLURM_CONF"]
        else:
            os.environ["SLURM_CONF"] = before
        for node in nodes:
            _remove_cgroups(node)


def _configure(folder: Path, nodes: list[str]) -> None:
    (folder / "key").write_bytes(secrets.token_bytes(1024))
    (folder / "key").chmod(0o600)
    (folder / "state").mkdir()
    # Where cgroups can't be used, processes that leave their job's tree stay behind.
    has_cgroups = os.access("/sys/fs/cgroup/freezer", os.W_OK)
    configuration = _CONFIGURATION.format(
        folder=folder,
        nodes=",".join(nodes),
        ports=_free_ports(3),
        tracking="proctrack/cgroup" if has_cgroups else "proctrack/linuxproc",
        cpus=CPUS,
        memory=MEMORY,
    )
    (folder / "slurm.conf").write_text(configuration)
    (folder / "gres.conf").write_text(f"NodeName={','.join(nodes)} Name=gpu File=/dev/zero Count=1\n")
    (folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupMountpoint=/sys/fs/cgroup\n")


def _remove_cgroups(node: str) -> None:
    """They stay behind, empty."""
    for top in Path("/sys/fs/cgroup").glob(f"*/slurm_{node}"):
        for group, _, _ in os.walk(top, topdown=False):
            try:
                os.rmdir(group)
            except OSError:
                continue  # something of a job still ends


def _munge_options(folder: Path) -> list[str]:
    files = {"socket": "munge", "key-file": "key", "pid-file": "munged.pid", "log-file": "munged.log"}
    return [
        "--foreground",
        "--force",
        "--num-threads=1",
        *(f"--{name}={folder / file}" for name, file in files.items()),
    ]


@contextmanager
def _daemon(folder: Path, *command: str) -> Iterator[None]:
    """Run it until the block, or this process, ends."""
    program = shutil.which(command[0], path=_PATH) or command[0]
    with (folder / "daemons.log").open("ab") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", program, *command[1:]], stdout=log, stderr=log, cwd="/"
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _is_idle() -> bool:
    states = subprocess.run(["sinfo", "-h", "-N", "-o", "%t"], capture_output=True, text=True, check=False)
    return set(states.stdout.split()) == {"idle"}


def _await(folder: Path, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in folder.glob("*.log"))
            raise RuntimeError(f"Slurm did not start:\n{logs}")
        time.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in bound]
