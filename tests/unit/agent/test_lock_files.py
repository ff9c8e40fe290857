"""What repositories say that they need."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pellucid.agent.commands import Commands
from pellucid.agent.environments import find_uv
from pellucid.agent.errors import PreparationError
from pellucid.agent.lock_files import from_conda, requirements_in

POETRY = """
[[package]]
name = "numpy"
version = "1.26.4"
optional = false
groups = ["main", "dev"]

[[package]]
name = "colorama"
version = "0.4.6"
optional = false
groups = ["main"]
markers = "sys_platform == 'win32'"

[[package]]
name = "own"
version = "0.1.0"
optional = false
groups = ["main"]
[package.source]
type = "git"
url = "https://git.example/own.git"
reference = "main"
resolved_reference = "abc"

[[package]]
name = "pytest"
version = "8.0.0"
optional = false
groups = ["dev"]

[[package]]
name = "extra"
version = "1.0"
optional = true
groups = ["main"]
"""

CONDA = """
name: training
channels: [conda-forge]
dependencies:
  - python=3.11
  - numpy=1.26
  - conda-forge::scipy>=1.10
  - pip
  - pip:
      - rich==13.0
"""


def read(folder: Path) -> tuple[list[str], list[str]]:
    """The requirements, and what is said of them."""
    said: list[str] = []
    return requirements_in(folder, find_uv(), Commands(said.append)), said


def test_poetry(tmp_path: Path) -> None:
    """What the program itself needs, as it is locked."""
    (tmp_path / "poetry.lock").write_text(POETRY)

    assert read(tmp_path)[0] == [
        "numpy==1.26.4",
        "colorama==0.4.6 ; sys_platform == 'win32'",
        "own @ git+https://git.example/own.git@abc",
    ]


def test_conda(tmp_path: Path) -> None:
    """By pip, and the console says so."""
    (tmp_path / "environment.yml").write_text(CONDA)
    lines, said = read(tmp_path)

    assert lines == ["# Python 3.11", "numpy==1.26.*", "scipy>=1.10", "rich==13.0"]
    assert "installed by pip" in said[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a", "a"),
        ("a==1.2", "a==1.2"),
        ("a=1.2=py311_0", "a==1.2.*"),
        ("A=1.*", "a==1.*"),
        ("pip", None),
        ("python>=3", None),
    ],
)
def test_requirements_of_conda(text: str, line: str | None) -> None:
    """One equals sign means any version that begins so."""
    assert from_conda(text) == line


@pytest.mark.skipif(find_uv() is None, reason="no uv")
def test_uv(tmp_path: Path) -> None:
    """uv reads its own file: a project that needs nothing."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "own"\nversion = "0"\nrequires-python = ">=3.11"\n')
    subprocess.run([str(find_uv()), "lock", "--quiet", "--offline"], cwd=tmp_path, check=True)
    lines, said = read(tmp_path)

    assert lines == []
    assert said == ["Taking the requirements from uv.lock"]


def test_pip_s_file_comes_first(tmp_path: Path) -> None:
    """As agents have always done it."""
    (tmp_path / "requirements.txt").write_text("rich\n")
    (tmp_path / "poetry.lock").write_text(POETRY)

    assert read(tmp_path) == (["rich"], [])


@pytest.mark.parametrize(("name", "text"), [("poetry.lock", "[[["), ("environment.yml", "dependencies: [1 2 3]")])
def test_a_file_that_is_wrong(tmp_path: Path, name: str, text: str) -> None:
    """Is named."""
    (tmp_path / name).write_text(text)
    with pytest.raises(PreparationError, match=f"{name} of the repository can't be read"):
        read(tmp_path)


def test_nothing_is_needed(tmp_path: Path) -> None:
    """Many scripts need nothing."""
    assert read(tmp_path) == ([], [])
