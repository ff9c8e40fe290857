"""All that a program prints, by whatever way, comes out where it would without us, and is on its task once."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec
import pytest

from pellucid.base.process import identify
from pellucid.client.session import Client
from pellucid.journal.folder import list_writers, writer_pid
from pellucid.journal.frames import Frame
from pellucid.journal.reader import FramesReader
from pellucid.sdk.run import read_progress
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import running_server
from pellucid.wire import events
from pellucid.wire.events import Event
from pellucid.wire.records import RecordKind

pytestmark = pytest.mark.process

WATCHDOG_SECONDS = 60

# Without us if PLAIN is set.
BEGIN = """
import ctypes, os, subprocess, sys, time
if "PLAIN" not in os.environ:
    from pellucid import Task
    task = Task.init("console", "script", reuse_last_task_id=False)
libc = ctypes.CDLL(None)
"""

MIXED = """
for number in range(200):
    print("python", number)
    sys.stdout.flush()
    libc.puts(b"c %d" % number)
    libc.fflush(None)
    os.write(1, b"written %d\\n" % number)
    sys.stdout.buffer.write(b"bytes %d\\n" % number)
    sys.stdout.flush()
    os.write(2, b"native error %d\\n" % number)
    print("python error", number, file=sys.stderr)
subprocess.run(["sh", "-c", "echo child; echo child error >&2; echo child again"])
print("\\x1b[32mgreen\\x1b[0m")
os.write(1, "\\x1b[31mröd\\x1b[0m\\n".encode())
print("half", end="")
"""


KILL_THE_RELAY = """
import pathlib
relay = None
while relay is None:
    writers = [int(path.stem.split("-")[0]) for path in pathlib.Path(task.get_offline_mode_folder()).glob("*.frames")]
    relay = next((pid for pid in writers if pid != os.getpid()), None)
os.kill(relay, 9)
while os.path.exists(f"/proc/{relay}"):
    time.sleep(0.01)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a program that keeps its run on local disk."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("PELLUCID_", "PYTHON"))}
    return {
        **outer,
        "PELLUCID_HOME": str(tmp_path / "home"),
        "PELLUCID_OFFLINE_MODE": "1",
        "CLEARML_CONFIG_FILE": "/dev/null",
    }


def start(
    code: str,
    environment: dict[str, str],
    folder: Path,
    stdout: IO[bytes] | int,
    stderr: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program that begins with ``BEGIN``."""
    script = folder / "program.py"
    script.write_text(BEGIN + code)
    command = [sys.executable, str(script)]
    return subprocess.Popen(command, env=environment, cwd=folder, stdout=stdout, stderr=stderr)


def run(code: str, environment: dict[str, str], folder: Path, *, together: bool = False) -> tuple[bytes, bytes, int]:
    """What a program puts out into two files, or into one, and its exit code."""
    out, err = folder / "out", folder / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = start(code, environment, folder, stdout, subprocess.STDOUT if together else stderr)
        code_ = process.wait(WATCHDOG_SECONDS)
    wait_until(lambda: not writes(folder / "home"), "the relay is done")
    return without_our_own(out.read_bytes()), err.read_bytes(), code_


def without_our_own(output: bytes) -> bytes:
    """What the program has put out, without the lines about its task."""
    return re.sub(rb"Pellucid Task: .*\n", b"", output)


def run_folders(home: Path) -> list[Path]:
    """The folders of all runs."""
    return sorted(path for path in (home / "runs").glob("*/") if path.is_dir())


def writes(home: Path) -> bool:
    """Whether somebody still writes to a run."""
    names = [name for folder in run_folders(home) for name in list_writers(folder)]
    return any(identify(writer_pid(name)) is not None for name in names)


def recorded(home: Path) -> list[tuple[str, str]]:
    """Level and text of each line, writer by writer."""
    frames = [
        frame
        for folder in run_folders(home)
        for name in list_writers(folder)
        for frame in FramesReader(folder, name).read(1 << 30, ended=True)
        if isinstance(frame, Frame) and frame.kind == RecordKind.EVENT
    ]
    found = [msgspec.msgpack.decode(frame.payload, type=Event) for frame in frames]
    return [(event.level or "", line) for event in found for line in (event.msg or "").split("\n")]


def everything_mixed(*, together: bool) -> list[tuple[str, str]]:
    """What ``MIXED`` prints; where both descriptors are one file, nobody can tell native lines of one from others."""
    native_error = "info" if together else "error"
    expected = [
        line
        for number in range(200)
        for line in [
            ("info", f"python {number}"),
            ("info", f"c {number}"),
            ("info", f"written {number}"),
            ("info", f"bytes {number}"),
            (native_error, f"native error {number}"),
            ("error", f"python error {number}"),
        ]
    ]
    expected += [("info", "child"), ("info", "child again"), (native_error, "child error")]
    return [*expected, ("info", "\x1b[32mgreen\x1b[0m"), ("info", "\x1b[31mröd\x1b[0m"), ("info", "half")]


@pytest.mark.parametrize("together", [False, True], ids=["two files", "one file"])
def test_all_comes_out_as_without_us(environment: dict[str, str], tmp_path: Path, together: bool) -> None:
    """The same bytes in the same order, whoever has printed them; and each line is recorded once."""
    plain = run(MIXED, {**environment, "PLAIN": "1"}, tmp_path, together=together)
    ours = run(MIXED, environment, tmp_path, together=together)

    assert ours == plain
    lines = recorded(tmp_path / "home")
    assert sorted(lines) == sorted(everything_mixed(together=together))
    assert [text for _, text in lines if text.startswith("written")] == [f"written {number}" for number in range(200)]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param("sys.stdout.write(piece.decode())", id="text"),
        pytest.param("sys.stdout.buffer.write(piece)", id="bytes"),
        pytest.param("os.write(1, piece)", id="native"),
    ],
)
def test_much(environment: dict[str, str], tmp_path: Path, write: str) -> None:
    """Not a byte of 50 MB is lost or moved, on either side."""
    piece = "piece = b''.join(b'%06d %s\\n' % (line, b'x' * 56) for line in range(1024))\n"
    code = f"{piece}for _ in range(800):\n    {write}\n"
    plain, _, _ = run(code, {**environment, "PLAIN": "1"}, tmp_path)
    ours, _, _ = run(code, environment, tmp_path)

    assert hashlib.sha256(ours).digest() == hashlib.sha256(plain).digest()
    kept = "".join(f"{text}\n" for _, text in recorded(tmp_path / "home"))
    assert hashlib.sha256(kept.encode()).digest() == hashlib.sha256(plain).digest()


def test_progress_bars_of_native_code(environment: dict[str, str], tmp_path: Path) -> None:
    """A million updates by a child make a handful of lines, in colour."""
    child = """
import sys
for step in range(1_000_000):
    sys.stderr.buffer.write(b"\\r\\x1b[32m%d%%\\x1b[0m %d/1000000" % (step // 10_000, step))
sys.stderr.buffer.write(b"\\r\\x1b[32m100%\\x1b[0m\\ndone\\n")
"""
    run(f"subprocess.run([sys.executable, '-c', {child!r}])", environment, tmp_path)

    lines = [text for _, text in recorded(tmp_path / "home")]
    assert lines[-2:] == ["\x1b[32m100%\x1b[0m", "done"]
    assert len(lines) < 10


@pytest.mark.parametrize(
    ("death", "code"),
    [
        ("os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("os.setsid(); os.killpg(0, 9)", -signal.SIGKILL),
        ("os._exit(3)", 3),
        ("import faulthandler; faulthandler.enable(); libc.strlen(1)", -signal.SIGSEGV),
        ("sys.exit(4)", 4),
        ("raise ValueError('no')", 1),
    ],
)
def test_last_words(environment: dict[str, str], tmp_path: Path, death: str, code: int) -> None:
    """Whatever the program dies of, what was printed before is there; its exit code is its own."""
    words = "for number in range(20_000):\n    os.write(1, b'%d\\n' % number)\n"
    out, err, ended = run(words + "print('python', flush=True)\n" + death, environment, tmp_path)

    assert ended == code
    expected = [str(number) for number in range(20_000)]
    assert out.decode().split() == [*expected, "python"]
    lines = recorded(tmp_path / "home")
    assert [text for level, text in lines if level == "info" and text.isdecimal()] == expected
    assert ("info", "python") in lines
    assert [text for level, text in lines if level == "error"] == err.decode().splitlines()


def test_a_pipe_ends_with_the_program(environment: dict[str, str], tmp_path: Path) -> None:
    """What comes after us in a pipeline sees its end; what comes before us in it is not waited for."""
    with start("os.write(1, b'native\\n'); os._exit(0)", environment, tmp_path, subprocess.PIPE) as process:
        out, _ = process.communicate(timeout=WATCHDOG_SECONDS)

    assert without_our_own(out) == b"native\n"


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        pytest.param("while True: print('line', flush=True)", 1, id="python"),
        pytest.param("sys.exit(-subprocess.run(['yes']).returncode)", signal.SIGPIPE, id="child"),
        pytest.param(
            "import signal\nsignal.signal(13, signal.SIG_DFL)\nwhile True: os.write(1, b'line\\n')",
            -signal.SIGPIPE,
            id="native",
        ),
    ],
)
def test_nobody_reads_any_more(environment: dict[str, str], tmp_path: Path, code: str, ends: int) -> None:
    """As in ``| head -1``: whoever prints gets to know."""
    with start(code, environment, tmp_path, subprocess.PIPE) as process:
        assert process.stdout is not None
        while process.stdout.readline().startswith(b"Pellucid"):
            pass
        process.stdout.close()
        # 120 is how Python says that its last flush has failed.
        assert process.wait(WATCHDOG_SECONDS) in (ends, 120)


@pytest.mark.parametrize("closed", ["1", "2", "0 1 2"])
def test_closed_descriptors(environment: dict[str, str], tmp_path: Path, closed: str) -> None:
    """A service may be started without them."""
    script = tmp_path / "program.py"
    script.write_text(BEGIN + "print('here')\nlibc.puts(b'there')\n(open('good', 'w')).close()\n")
    redirections = " ".join(f"{number}>&-" for number in closed.split())
    command = ["sh", "-c", f'"$0" "$1" {redirections}', sys.executable, str(script)]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, timeout=60, check=False)

    assert (ended.returncode, (tmp_path / "good").exists()) == (0, True), ended.stderr


def test_a_program_may_redirect_descriptors_itself(environment: dict[str, str], tmp_path: Path) -> None:
    """What it prints in the meantime goes where it says, and what it puts back is what was there."""
    code = """
print("before", flush=True)
kept = os.dup(1)
file = os.open("elsewhere", os.O_CREAT | os.O_WRONLY)
os.dup2(file, 1)
print("python elsewhere", flush=True)
os.write(1, b"native elsewhere\\n")
os.dup2(kept, 1)
print("python back", flush=True)
os.write(1, b"native back\\n")
"""
    out, _, _ = run(code, environment, tmp_path)

    assert out == b"before\npython back\nnative back\n"
    assert (tmp_path / "elsewhere").read_bytes() == b"python elsewhere\nnative elsewhere\n"


def test_the_next_task(environment: dict[str, str], tmp_path: Path) -> None:
    """Has a console of its own; between tasks nothing is redirected; no descriptors are left behind."""
    code = """
before = None
for number in range(3):
    libc.puts(b"native %d" % number)
    task.close()
    links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    after = [os.readlink(link) for link in links if os.path.exists(link)]
    assert before in (None, after), (before, after)
    before = after
    assert os.path.samestat(os.fstat(1), os.stat("out"))
    assert not {"PELLUCID_RELAY", "PELLUCID_RUN"} & os.environ.keys()
    os.write(1, b"between\\n")
    task = Task.init("console", f"next {number}", reuse_last_task_id=False)
"""
    out, err, ended = run(code, environment, tmp_path)

    assert ended == 0, err
    assert out == b"".join(b"native %d\nbetween\n" % number for number in range(3))
    assert len(run_folders(tmp_path / "home")) == 4
    assert sorted(recorded(tmp_path / "home")) == [("info", f"native {number}") for number in range(3)]


CHILDREN = """
import multiprocessing

def work(number):
    print("python", number, flush=True)
    os.write(1, b"native %d\\n" % number)

if __name__ == "__main__":
    for method in ("fork", "spawn"):
        child = multiprocessing.get_context(method).Process(target=work, args=(int(method == "spawn"),))
        child.start()
        child.join()
    joined = "from pellucid import Task; Task.init(); print('python 2')"
    subprocess.run([sys.executable, "-c", joined])
"""


def test_children(environment: dict[str, str], tmp_path: Path) -> None:
    """What they print is recorded once, by them or by the relay of the first process."""
    out, err, _ = run(CHILDREN, environment, tmp_path)

    assert out.split(b"\n") == [b"python 0", b"native 0", b"python 1", b"native 1", b"python 2", b""], err
    texts = [text for _, text in recorded(tmp_path / "home")]
    assert sorted(texts) == ["native 0", "native 1", "python 0", "python 1", "python 2"]


def test_children_that_print_at_the_same_time(environment: dict[str, str], tmp_path: Path) -> None:
    """Each line is recorded whole, though its words come out in pieces that may mix."""
    code = """
import multiprocessing

def work(number):
    from pellucid import Task
    assert Task.current_task()
    for step in range(200):
        print("worker", number, "step", step)

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(work, range(4), 1)
"""
    out, err, _ = run(code, {**environment, "PYTHONUNBUFFERED": "1"}, tmp_path)

    expected = [f"worker {number} step {step}" for number in range(4) for step in range(200)]
    assert sorted(text for _, text in recorded(tmp_path / "home")) == sorted(expected), err
    assert len(out) == sum(len(line) + 1 for line in expected)


def test_a_child_whose_relay_is_gone(environment: dict[str, str], tmp_path: Path) -> None:
    """Prints as ever."""
    code = (
        KILL_THE_RELAY
        + """
joined = "from pellucid import Task; Task.init(); print('child')"
print("before", flush=True)
subprocess.run([sys.executable, "-c", joined], check=True)
"""
    )
    out, err, ended = run(code, environment, tmp_path)

    assert (out, ended) == (b"before\nchild\n", 0), err


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ("True", {"print", "native", "err", "native err", "ERROR:root:log"}),
        ("False", set[str]()),
        ("{'stdout': True}", {"print", "native"}),
        ("{'stdout': False, 'stderr': True, 'logging': False}", {"err", "native err", "ERROR:root:log"}),
        ("{'logging': True}", {"log"}),
        ("{'stdout': True, 'logging': True}", {"print", "native", "log"}),
    ],
)
def test_m38_switches(environment: dict[str, str], tmp_path: Path, streams: str, expected: set[str]) -> None:
    """What is not asked for is not recorded (sdk-surface M38); the root logger is the program's own (pains 38)."""
    code = f"""
import logging
task.close()
before = (logging.root.level, list(logging.root.handlers))
task = Task.init("console", "switches", reuse_last_task_id=False, auto_connect_streams={streams})
assert (logging.root.level, logging.root.handlers) == before
logging.basicConfig()
print("print", flush=True)
os.write(1, b"native\\n")
print("err", file=sys.stderr)
os.write(2, b"native err\\n")
logging.error("log")
"""
    out, err, ended = run(code, environment, tmp_path)

    assert (out, err, ended) == (b"print\nnative\n", b"err\nnative err\nERROR:root:log\n", 0)
    assert {text for _, text in recorded(tmp_path / "home")} == expected


def test_native_output_can_be_left_alone(environment: dict[str, str], tmp_path: Path) -> None:
    """By a setting; then the descriptors are those that the program came with."""
    code = "assert os.path.samestat(os.fstat(1), os.stat('out'))\nos.write(1, b'native\\n')\nprint('python')"
    out, err, _ = run(code, {**environment, "PELLUCID_LOG_NATIVE_OUTPUT": "0"}, tmp_path)

    assert out == b"native\npython\n", err
    assert recorded(tmp_path / "home") == [("info", "python")]


def test_a_relay_that_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    """Takes with it what it had in hand, at most; the program goes on printing."""
    code = """
os.write(1, b"native 1\\n")
print("python 1", flush=True)
"""
    code += (
        KILL_THE_RELAY
        + """
print("python 2", flush=True)
os.write(1, b"native 2\\n")
print("python 3", flush=True)
"""
    )
    out, err, ended = run(code, environment, tmp_path)

    assert (out, ended) == (b"native 1\npython 1\npython 2\nnative 2\npython 3\n", 0), err


def test_terminals_are_not_redirected(environment: dict[str, str], tmp_path: Path) -> None:
    """Programs ask them for their size and colours; what Python prints is recorded all the same."""
    ours, theirs = os.openpty()
    code = "assert os.isatty(1) and sys.stdout.isatty()\nprint('python')\nos.write(1, b'native\\n')"
    try:
        process = start(code, environment, tmp_path, theirs, subprocess.PIPE)
        _, err = process.communicate(timeout=WATCHDOG_SECONDS)
    finally:
        os.close(theirs)
        os.close(ours)

    assert process.returncode == 0, err
    assert recorded(tmp_path / "home") == [("info", "python")]


@pytest.fixture
def online(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[dict[str, str], Callable[[], list[str]]]]:
    """The environment of a program that reports to a server, and the lines of all tasks there."""
    with running_server(tmp_path / "server") as server:
        client = Client(server.url, server.access_key, server.secret_key)
        environment |= {
            "PELLUCID_OFFLINE_MODE": "0",
            "PELLUCID_API_HOST": server.url,
            "PELLUCID_API_ACCESS_KEY": server.access_key,
            "PELLUCID_API_SECRET_KEY": server.secret_key,
        }

        def lines() -> list[str]:
            task = (tmp_path / "task").read_text()
            page = client.send(events.GET_TASK_LOG, events.GetTaskLog(task=task, order="asc", batch_size=1000))
            return [line for event in page.events for line in str(event["msg"]).split("\n")]

        yield environment, lines
        client.close()


def test_what_a_killed_program_left_in_the_pipe_gets_to_the_server(
    online: tuple[dict[str, str], Callable[[], list[str]]], tmp_path: Path
) -> None:
    """The run is over only when its relay is done."""
    environment, lines = online
    code = """
open("task", "w").write(task.id)
os.write(1, b"".join(b"%d\\n" % number for number in range(10_000)))
os.kill(os.getpid(), 9)
"""
    run(code, environment, tmp_path)
    wait_until(lambda: not run_folders(tmp_path / "home"), "the run is shipped")

    assert lines() == [str(number) for number in range(10_000)]


def test_what_a_killed_program_printed_waits_for_a_relay_that_comes_up_late(
    online: tuple[dict[str, str], Callable[[], list[str]]], tmp_path: Path
) -> None:
    """On a busy machine the uploader may find the program dead before its relay has written anything."""
    environment, lines = online
    code = """
def of_the_relay(pid):
    try:
        command, environment = (open(f"/proc/{pid}/{name}", "rb").read() for name in ("cmdline", "environ"))
    except OSError:
        return False
    return b"console_relay" in command and os.environb[b"PELLUCID_HOME"] in environment

relay = next(pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if of_the_relay(pid))
os.kill(relay, 19)
open("relay", "w").write(str(relay))
open("task", "w").write(task.id)
os.write(1, b"last words\\n")
os.kill(os.getpid(), 9)
"""
    with start(code, environment, tmp_path, subprocess.DEVNULL) as process:
        process.wait(WATCHDOG_SECONDS)

    def is_ended() -> bool:
        found = [read_progress(folder) for folder in run_folders(tmp_path / "home")]
        return all(progress is None or progress.finished for progress in found)

    wait_until(is_ended, "the program's end is known")
    os.kill(int((tmp_path / "relay").read_text()), signal.SIGCONT)
    wait_until(lambda: not run_folders(tmp_path / "home"), "the run is shipped")

    assert lines() == ["last words"]
