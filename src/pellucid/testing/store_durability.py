"""What every store must do under threads, processes and SIGKILL: a part of ``pellucid.testing.store``."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pellucid.store.api import Store
from pellucid.store.errors import UnavailableError
from pellucid.store.records import Query
from pellucid.testing.store_samples import NOON, OpenStore, a_task, curve_of, lines, points, slots, summary_of

_WRITER = """
import sys
from importlib import import_module
from itertools import count
from pathlib import Path
from pellucid.testing.store_samples import NOON, a_task, lines, points, slots

store = getattr(import_module(sys.argv[1]), sys.argv[2])(Path(sys.argv[3]))
store.tasks.create(a_task())
for place in count(step=3):
    blocks = [points(slots([1.0, 2.0, 3.0], first=place), writer="points", offset=place)]
    blocks.append(lines("one", "two", "three", writer="lines", first=place + 1))
    print(store.events.append("task", blocks, NOON)["points"], flush=True)
    store.events.compact("task")
"""


class ClosingTests:
    """The end of a store."""

    def test_closing_twice_is_closing(self, open_store: OpenStore, data: Path) -> None:
        """And what was written is there when it is opened again."""
        store = open_store(data)
        store.tasks.create(a_task())
        store.close()
        store.close()

        reopened = open_store(data)
        assert reopened.tasks.get("task") == a_task()
        reopened.close()

    @pytest.mark.parametrize("use", [lambda store: store.tasks.get("task"), lambda store: store.tasks.create(a_task())])
    def test_a_closed_store_says_so(self, open_store: OpenStore, data: Path, use: Callable[[Store], object]) -> None:
        """Whether it is read or written."""
        store = open_store(data)
        store.close()

        with pytest.raises(UnavailableError, match="closed"):
            use(store)


class ConcurrencyTests:
    """Several threads, of which half use the same data through a second store, as another process would."""

    def test_no_update_is_lost(self, store: Store, other: Store) -> None:
        """Each adds one to the same number, many times."""
        store.tasks.create(a_task(runtime={"n": 0}))

        def add(view: Store) -> None:
            for _ in range(25):
                view.tasks.update("task", lambda old: replace(old, runtime={"n": old.runtime["n"] + 1}))

        _at_once(lambda: add(store), lambda: add(other), lambda: add(store), lambda: add(other))
        assert store.tasks.get("task").runtime == {"n": 100}

    def test_racing_duplicates_are_stored_once(self, store: Store, other: Store) -> None:
        """Each sends the same requests, cut at different places."""
        store.tasks.create(a_task())
        count = 60

        def send(view: Store, size: int) -> None:
            for place in range(0, count, size):
                values = [float(place + step) for step in range(size)]
                blocks = [points(slots(values, first=place), writer="p", offset=place)]
                blocks_and_lines = [*blocks, lines(*map(str, values), writer="l", first=place + 1)]
                view.events.append("task", blocks_and_lines, NOON)

        _at_once(lambda: send(store, 2), lambda: send(other, 3), lambda: send(store, 4), lambda: send(other, 5))
        assert curve_of(store) == [(place, float(place)) for place in range(count)]
        assert summary_of(other).count == count
        assert [line.message for line in other.events.log("task", limit=count)] == [f"{n}.0" for n in range(count)]

    def test_readers_see_whole_requests(self, store: Store, other: Store) -> None:
        """While one writes, the points and lines that others count are those of the same request or older."""
        store.tasks.create(a_task())
        done = threading.Event()
        torn: list[int] = []

        def write() -> None:
            for place in range(40):
                store.events.append("task", [points(slots([0.0, 1.0], first=2 * place)), lines("a")], NOON)
            done.set()

        def read() -> None:
            while not done.is_set():
                torn.extend(
                    summary.count for summary in other.events.summaries(["task"]).get("task", []) if summary.count % 2
                )
                other.tasks.find(Query(name="task"))

        _at_once(write, read, read)
        assert torn == []

    def test_a_secret_is_made_once_by_all(self, store: Store, other: Store) -> None:
        """Every thread gets the same one."""
        views = [store, other] * 4
        with ThreadPoolExecutor(len(views)) as pool:
            secrets = list(
                pool.map(lambda each: each[1].users.secret("s", lambda: str(each[0]).encode()), enumerate(views))
            )

        assert len(set(secrets)) == 1

    def test_processes_open_a_new_folder_together(self, open_store: OpenStore, data: Path) -> None:
        """Each finds the tables made, by whichever came first."""
        code = "import sys; from importlib import import_module; from pathlib import Path\n"
        code += "getattr(import_module(sys.argv[1]), sys.argv[2])(Path(sys.argv[3])).close()"
        openers = [subprocess.Popen(_command(code, open_store, data), stderr=subprocess.PIPE) for _ in range(4)]

        assert [(opener.communicate()[1], opener.returncode) for opener in openers] == [(b"", 0)] * 4


class KillTests:
    """SIGKILL of the process that writes."""

    @pytest.mark.process
    @pytest.mark.parametrize("acknowledged", [1, 20])
    def test_what_was_acknowledged_is_there_once(self, open_store: OpenStore, data: Path, acknowledged: int) -> None:
        """The writer is killed in the middle of its work; it may have stored a request that it could not report."""
        with subprocess.Popen(_command(_WRITER, open_store, data), stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            positions = [int(writer.stdout.readline()) for _ in range(acknowledged)]
            writer.send_signal(signal.SIGKILL)
            positions += [int(line) for line in writer.stdout if line.endswith("\n")]

        store = open_store(data)
        curve = curve_of(store)
        stored = len(curve)
        assert stored - positions[-1] in (0, 3)
        assert [iteration for iteration, _ in curve] == list(range(stored))
        assert summary_of(store).count == store.events.log_count("task") == stored
        assert store.tasks.get("task").last_iteration == stored - 1
        # The writer's successor repeats what it does not know to be stored.
        repeated = points(slots([9.0] * 6, first=positions[-1]), writer="points", offset=positions[-1])
        assert store.events.append("task", [repeated], NOON) == {"points": positions[-1] + 6}
        assert summary_of(store).count == positions[-1] + 6
        store.close()


def _command(code: str, open_store: OpenStore, data: Path) -> list[str]:
    return [sys.executable, "-c", code, open_store.__module__, open_store.__qualname__, str(data)]


def _at_once(*works: Callable[[], None]) -> None:
    """Run all in threads of their own that begin together; what one raises comes out."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        gate.wait(timeout=30)
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for finished in [pool.submit(run, work) for work in works]:
            finished.result(timeout=120)
