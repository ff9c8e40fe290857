"""Scripts in places that are not made for them: they run as they would without us, and are recorded all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pellucid.base.paths import server_folder
from pellucid.client.session import Client
from pellucid.sdk.local_server import find_local_server
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire import tasks

pytestmark = pytest.mark.process

SCRIPT = """
from pellucid import Task
task = Task.init("odd places", "a script", reuse_last_task_id=False)
task.get_logger().report_scalar("loss", "train", 0.5, 1)
task.close()
open(r"{result}", "w").write(task.id)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all scripts."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def environment(server: RunningServer, tmp_path: Path) -> dict[str, str]:
    """The server, and a home with a blank in its name."""
    return {
        **os.environ,
        "PELLUCID_HOME": str(tmp_path / "my home"),
        "CLEARML_CONFIG_FILE": "/dev/null",
        "PELLUCID_API_HOST": server.url,
        "PELLUCID_API_ACCESS_KEY": server.access_key,
        "PELLUCID_API_SECRET_KEY": server.secret_key,
    }


@pytest.fixture
def result(tmp_path: Path) -> Path:
    """Where the script leaves the task's id."""
    return tmp_path / "result"


def recorded(server: RunningServer, result: Path) -> tasks.Task:
    """The task that a script has left."""
    client = Client(server.url, server.access_key, server.secret_key)
    task = client.send(tasks.GET_BY_ID, tasks.GetById(task=result.read_text())).task
    assert task.status == "completed"
    assert next(iter(next(iter(task.last_metrics.values())).values())).value == 0.5
    return task


def run_python(
    *words: str, environment: Mapping[str, str], folder: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the interpreter to a good end."""
    ended = subprocess.run(
        [sys.executable, *words],
        env=dict(environment),
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended


def test_in_a_read_only_folder_with_a_blank(
    server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path
) -> None:
    """Without git too; the script's text is kept (seed, Automatic Logging)."""
    folder = tmp_path / "read only"
    folder.mkdir()
    text = SCRIPT.format(result=result)
    (folder / "train it.py").write_text(text)
    folder.chmod(0o500)

    run_python("train it.py", environment=environment, folder=folder)

    script = recorded(server, result).script
    assert (script["entry_point"], script["working_dir"], script["diff"]) == ("train it.py", ".", text)
    assert script["binary"] == f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert os.listdir(folder) == ["train it.py"]


def test_in_a_command(server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path) -> None:
    """``python -c``: the command is the script."""
    text = SCRIPT.format(result=result)

    run_python("-c", text, environment=environment, folder=tmp_path)

    script = recorded(server, result).script
    assert (script["entry_point"], script["diff"]) == ("command.py", text)


def test_from_standard_input(server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path) -> None:
    """``python -``: the text is gone, the rest is not."""
    run_python("-", environment=environment, folder=tmp_path, text=SCRIPT.format(result=result))

    assert recorded(server, result).script["entry_point"] == "stdin.py"


def test_as_a_module(server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path) -> None:
    """``python -m``: the module is the entry point."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "train.py").write_text(SCRIPT.format(result=result))

    run_python("-m", "package.train", environment=environment, folder=tmp_path)

    assert recorded(server, result).script["entry_point"] == "-m package.train"


def test_in_a_folder_that_is_gone(
    server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path
) -> None:
    """The working directory was deleted meanwhile."""
    (tmp_path / "script.py").write_text("import os; os.rmdir(os.getcwd())\n" + SCRIPT.format(result=result))
    (tmp_path / "gone").mkdir()

    run_python(str(tmp_path / "script.py"), environment=environment, folder=tmp_path / "gone")

    recorded(server, result)


def test_with_a_home_that_cannot_be_written(
    server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path
) -> None:
    """The journal goes into the system's temporary folder."""
    (tmp_path / "my home").write_text("a file where the folder should be")
    environment["TMPDIR"] = str(tmp_path)

    run_python("-c", SCRIPT.format(result=result), environment=environment, folder=tmp_path)

    recorded(server, result)
    assert (tmp_path / f"pellucid-{os.getuid()}").stat().st_mode & 0o777 == 0o700


def test_with_closed_streams(server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path) -> None:
    """As a service may be started."""
    (tmp_path / "script.py").write_text(SCRIPT.format(result=result))
    ended = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" script.py <&- >&- 2>&-', sys.executable],
        env=environment,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0
    recorded(server, result)


def test_with_a_deadly_sigpipe_and_a_dead_uploader(
    server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path
) -> None:
    """Many command-line programs let SIGPIPE end them; that our uploader is gone must not. Another one takes over."""
    text = SCRIPT.format(result=result).replace(
        "task.close()",
        "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
        "from pellucid.testing.processes import stop_uploaders; stop_uploaders(task._session.run.folder)\n"
        "for _ in range(100): task.flush()\n"
        "task.close()",
    )

    run_python("-c", text, environment=environment, folder=tmp_path)

    recorded(server, result)


def test_without_any_configuration(tmp_path: Path, result: Path) -> None:
    """The first run starts the user's own server, on the loopback interface; of several at once only one does."""
    home = tmp_path / "home"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PELLUCID_", "CLEARML_"))
    } | {"PELLUCID_HOME": str(home), "CLEARML_CONFIG_FILE": "/dev/null"}
    scripts = []
    for number in range(3):
        text = SCRIPT.format(result=f"{result}{number}")
        scripts.append(subprocess.Popen([sys.executable, "-c", text], env=environment, cwd=tmp_path))
    assert [script.wait(60) for script in scripts] == [0, 0, 0]

    connection = find_local_server(home)
    assert connection is not None
    pid = int((server_folder(home) / "server.json").read_text().split('"pid":')[1].strip(" \n}"))
    try:
        assert connection.api_host.startswith("http://127.0.0.1:")
        client = Client(connection.api_host, connection.access_key, connection.secret_key)
        for number in range(3):
            task = Path(f"{result}{number}").read_text()
            assert client.send(tasks.GET_BY_ID, tasks.GetById(task=task)).task.status == "completed"
        client.close()
    finally:
        os.kill(pid, 15)
    wait_until(lambda: find_local_server(home) is None, "the server is gone")


def test_nothing_is_left_behind(
    server: RunningServer, environment: dict[str, str], tmp_path: Path, result: Path
) -> None:
    """When all is on the server."""
    run_python("-c", SCRIPT.format(result=result), environment=environment, folder=tmp_path)

    runs = tmp_path / "my home" / "runs"
    wait_until(lambda: not list(runs.iterdir()), "the run's folder is deleted")
