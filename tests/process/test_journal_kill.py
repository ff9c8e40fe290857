"""SIGKILL at any moment loses no report that had returned, and doubles none."""

from __future__ import annotations

import mmap
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pellucid.testing.journal import read_only_writer

pytestmark = pytest.mark.process

# Counts, in memory shared with the test, the calls that have returned, each by one store of a machine word: struct
# would write zeros first, and be killed there once in a while. Records are long enough to be torn now and then.
_CHILD = """
import mmap, sys
from pathlib import Path
from pellucid.journal import segment
from pellucid.journal.writer import Writer
segment.SEGMENT_SIZE = 1 << 14
shared = open(sys.argv[2], "r+b")
returned = memoryview(mmap.mmap(shared.fileno(), 16)).cast("Q")
journal = Writer(Path(sys.argv[1]))
for count in range(1, 1 << 40):
    journal.append_point(count % 7 + 1, count, count / 3)
    returned[0] = count
    if count % 50 == 0:
        journal.append(2, count.to_bytes(8, "little") * 5000)
        returned[1] = count // 50
"""


@pytest.mark.parametrize("moment", range(20))
def test_every_call_that_returned_is_read_back_once(tmp_path: Path, moment: int) -> None:
    """The one call that was in progress may be there or not; nothing else is open."""
    shared = tmp_path / "returned"
    shared.write_bytes(bytes(16))
    journal = tmp_path / "journal"
    journal.mkdir()
    kill_after = random.Random(moment).randrange(1, 6000)

    with shared.open("r+b") as file, mmap.mmap(file.fileno(), 16) as counters:
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(journal), str(shared)])
        deadline = time.monotonic() + 60
        while struct.unpack_from("<Q", counters)[0] < kill_after:
            assert child.poll() is None, "the child ended by itself"
            assert time.monotonic() < deadline
        child.send_signal(signal.SIGKILL)
        child.wait()
        points_returned, frames_returned = struct.unpack("<QQ", counters[:])

    content = read_only_writer(journal)

    assert len(content.points) - points_returned in (0, 1)
    assert content.points == [(count % 7 + 1, count, count / 3) for count in range(1, len(content.points) + 1)]
    assert len(content.frames) - frames_returned in (0, 1)
    assert content.frames == [
        (2, (count * 50).to_bytes(8, "little") * 5000) for count in range(1, len(content.frames) + 1)
    ]
    assert len(content.damage) <= 1
