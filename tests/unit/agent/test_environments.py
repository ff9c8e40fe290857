"""Python environments, made of packages that the test has made: nothing is fetched."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from pellucid.agent.commands import Commands
from pellucid.agent.environments import Environments, find_uv, requirements_of, wished_python
from pellucid.agent.errors import PreparationError
from pellucid.agent.settings import AgentSettings


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one package, ``tiny``, and no other index."""
    folder = tmp_path / "packages"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "value = 1\n")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for variable in ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_OFFLINE"):
        monkeypatch.setenv(variable, "1")
    return folder


@pytest.fixture
def environments(settings: AgentSettings) -> Iterator[Environments]:
    """Those of an agent that makes them."""
    with closing(Environments(msgspec.structs.replace(settings, skip_environment=False))) as environments:
        yield environments


def script(*lines: str) -> dict[str, object]:
    """A task's script with these requirements."""
    return {"requirements": {"pip": "\n".join(lines)}}


def printed(python: Path, code: str) -> str:
    """What a program prints in an environment."""
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.usefixtures("packages")
def test_an_environment_is_made_once(environments: Environments, tmp_path: Path) -> None:
    """With the task's packages, and the SDK of the agent; the same set of requirements finds it again."""
    if find_uv() is None:
        pytest.skip("uv is not installed")
    said: list[str] = []
    first = environments.python_for(script("tiny==1.0", "pellucid == 0.0.1"), tmp_path, Commands(said.append))
    assert printed(first, "import tiny, pellucid; print(tiny.value, pellucid.Task.__name__)") == "1 Task"
    assert "numpy" not in printed(first, "import importlib.util as u; print('numpy' if u.find_spec('numpy') else '')")

    again = environments.python_for(script("pellucid", "tiny==1.0"), tmp_path, Commands(said.append))
    assert again == first
    assert said[-1].endswith("is there already")


@pytest.mark.usefixtures("packages")
def test_a_python_that_is_not_there(
    environments: Environments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent's own takes its place, and the console says so."""
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "no pythons"))
    said: list[str] = []
    python = environments.python_for({**script(), "binary": "python3.99"}, tmp_path, Commands(said.append))
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert printed(python, "import sys; print(*sys.version_info[:2], sep='.')") == own
    assert said[0].startswith(f"Python 3.99 is not on this worker, so Python {own} takes its place; 'uv python install")


@pytest.mark.usefixtures("packages")
def test_an_environment_of_another_index(settings: AgentSettings, tmp_path: Path) -> None:
    """Is another one; what is said to uv counts for more than what is said to pip."""
    made = []
    for index in ("/one", "/two"):
        environ = {**os.environ, "UV_DEFAULT_INDEX": index, "PIP_INDEX_URL": "/nowhere"}
        with closing(Environments(msgspec.structs.replace(settings, skip_environment=False), environ)) as own:
            made.append(own.python_for(script("tiny"), tmp_path, Commands(print)))
    assert len(set(made)) == 2


@pytest.mark.usefixtures("packages")
def test_old_environments_are_removed(settings: AgentSettings, tmp_path: Path) -> None:
    """When one is made, and but for those that a task still uses."""

    def make(environments: Environments, *lines: str) -> Path:
        return environments.python_for(script(*lines), tmp_path, Commands(print))

    agent = msgspec.structs.replace(settings, skip_environment=False)
    with closing(Environments(agent)) as long_task:
        used = make(long_task, "tiny")
        with closing(Environments(agent)) as old_task:
            unused = make(old_task, "tiny>0")
        for python in (used, unused):
            os.utime(python.parent.parent / "complete", (0, 0))

        make(long_task, "tiny>0.1")

        assert used.exists()
        assert not unused.exists()


@pytest.mark.usefixtures("packages")
def test_requirements_that_cannot_be_had(environments: Environments, tmp_path: Path) -> None:
    """Are named, and nothing half-made is used the next time."""
    for _ in range(2):
        with pytest.raises(PreparationError, match="requirements can't be installed"):
            environments.python_for(script("nowhere-to-be-found==9"), tmp_path, Commands(print))


def test_what_is_required(tmp_path: Path) -> None:
    """As a text, as a list; without any, as the repository says."""
    assert requirements_of(script("a", "", "b==1"), tmp_path, Commands(print)) == ["a", "b==1"]
    assert requirements_of({"requirements": {"pip": ["a", "b"]}}, tmp_path, Commands(print)) == ["a", "b"]
    assert requirements_of({}, tmp_path, Commands(print)) == []
    (tmp_path / "requirements.txt").write_text("c\n")
    assert requirements_of({}, tmp_path, Commands(print)) == ["c"]
    assert requirements_of(script(""), tmp_path, Commands(print)) == []


@pytest.mark.parametrize(
    ("binary", "lines", "version"),
    [("python3.9", [], "3.9"), ("/usr/bin/python3.12", ["# Python 3.10.4"], "3.10"), ("", ["numpy"], "3.")],
)
def test_the_wished_python(binary: str, lines: list[str], version: str) -> None:
    """What the requirements say, what the program was run by, or the agent's own."""
    assert wished_python({"binary": binary}, lines).startswith(version)
