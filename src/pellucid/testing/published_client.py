"""Scripts run under the published ``clearml`` package, in an environment where it is installed as others made it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from pellucid.testing.server import RunningServer

QUICK = "sdk.development { report_use_subprocess: false, worker.report_period_sec: 0.2 }"
"""Settings for tests with many tasks: as the package comes, each of them takes ten seconds and more to end, most of
which it waits for its own reporting process."""

_RESULT = "RESULT "
_SECONDS = 100
"""How long a script may take."""


def client_environment(home: Path, server: RunningServer | None = None, settings: str = "") -> dict[str, str]:
    """Environment variables for a program that uses the package.

    Args:
        home: home folder of the program; the package's configuration and caches are below it.
        server: what it speaks to.
        settings: more for the package's configuration file, in its language.
    """
    # Left to itself, the client looks for a repository in a thread while it forks, and now and then hangs for good.
    configuration = home / "clearml.conf"
    configuration.write_text(f"sdk {{ development {{ vcs_repo_detect_async: false }} }}\n{settings}\n")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CLEARML_CONFIG_FILE": str(configuration),
        "CLEARML_SUPPRESS_UPDATE_MESSAGE": "1",
        # Whatever the client wants from elsewhere ends at a closed port of this machine.
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }
    if server is not None:
        environment |= {
            "CLEARML_API_HOST": server.url,
            "CLEARML_WEB_HOST": server.url,
            "CLEARML_FILES_HOST": f"{server.url}/files",
            "CLEARML_API_ACCESS_KEY": server.access_key,
            "CLEARML_API_SECRET_KEY": server.secret_key,
        }
    return environment


def run_client(
    interpreter: Path, script: Path, *arguments: str, home: Path, server: RunningServer, settings: str = ""
) -> Any:
    """Run a script under the published package.

    Args:
        interpreter: the Python that has the package.
        script: what to run; if it is not in the home folder, a copy there is.
        arguments: words for its command line.
        home: its home and working folder.
        server: what it speaks to.
        settings: more for the package's configuration file.

    Returns:
        what it printed, as JSON, after ``RESULT``.
    """
    # The client remembers the repository that a script is in; a copy is in none.
    program = script if script.is_relative_to(home) else shutil.copy(script, home)
    finished = subprocess.run(
        [interpreter, program, *arguments],
        env=client_environment(home, server, settings),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    results = [line for line in finished.stdout.splitlines() if line.startswith(_RESULT)]
    assert results, finished.stdout + finished.stderr
    return json.loads(results[-1].removeprefix(_RESULT))
