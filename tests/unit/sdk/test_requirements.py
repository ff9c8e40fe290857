"""Tests of ``pellucid.sdk.requirements``."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from pellucid import Task, UsageError
from pellucid.base.version import __version__
from pellucid.sdk.requirements import describe_requirements, imports_of, installed_packages
from pellucid.sdk.wishes import wishes


@pytest.fixture(autouse=True)
def no_wishes() -> Iterator[None]:
    """What a test wishes is gone behind it."""
    yield
    wishes.added.clear()
    wishes.ignored.clear()
    Task.force_requirements_env_freeze(force=False)
    Task.force_store_standalone_script(force=False)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Imports what is installed, what comes with Python, and a module beside it."""
    (tmp_path / "train.py").write_text("import json\nimport numpy as np\nimport local_module\nfrom . import x\n")
    (tmp_path / "local_module.py").write_text("def f():\n    import sklearn.metrics\n    import local_package\n")
    (tmp_path / "local_package").mkdir()
    (tmp_path / "local_package/__init__.py").write_text("import train, PIL\n")
    return tmp_path / "train.py"


def named(text: str) -> list[str]:
    """The names of packages in the text of a requirements file."""
    return [line.split(" ")[0] for line in text.splitlines() if line and not line.startswith("#")]


def test_m5_what_a_script_imports(script: Path) -> None:
    """Distributions with their versions, also of its local modules; not what comes with Python, nor what is only
    installed."""
    text = describe_requirements([script])

    assert text.splitlines()[0] == f"# Python {platform.python_version()}"
    assert named(text) == ["numpy", "pellucid", "pillow", "scikit-learn"]
    assert f"numpy == {metadata.version('numpy')}" in text
    assert f"pellucid == {__version__}" in text


def test_wishes(script: Path, tmp_path: Path) -> None:
    """Are named with what is said of their version, or left out."""
    (tmp_path / "more.txt").write_text("# a comment\n-r other.txt\nrich>=13  # nice\nflask\n")
    Task.add_requirements("torch", ">=2.1")
    Task.add_requirements("numpy", "1.26.0")
    Task.add_requirements("pytest")
    Task.add_requirements("not-installed")
    Task.add_requirements(tmp_path / "more.txt")
    Task.ignore_requirements("Scikit_Learn")

    lines = describe_requirements([script]).splitlines()[2:]

    assert lines == [
        "flask",
        "not-installed",
        "numpy == 1.26.0",
        f"pellucid == {__version__}",
        f"pillow == {metadata.version('pillow')}",
        f"pytest == {metadata.version('pytest')}",
        "rich >=13",
        "torch >=2.1",
    ]


def test_everything_that_is_installed(script: Path, tmp_path: Path) -> None:
    """Or what a file says."""
    Task.force_requirements_env_freeze()
    assert {"pytest", "numpy", "ruff"} < set(named(describe_requirements([script])))

    (tmp_path / "lock.txt").write_text("numpy==1.0\n")
    Task.force_requirements_env_freeze(requirements_file=tmp_path / "lock.txt")
    assert describe_requirements([script]) == "numpy==1.0\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b, c\n", {"a", "c"}),
        ("from a.b import c\nfrom . import d\nfrom .e import f\n", {"a"}),
        ("def f():\n    try:\n        import a\n    except ImportError:\n        pass\n", {"a"}),
        ("no Python at all\n", set()),
    ],
)
def test_imports(text: str, names: set[str]) -> None:
    """Top-level names, wherever they are imported."""
    assert imports_of(text) == names


def test_wrong_wishes() -> None:
    """Are told at once."""
    with pytest.raises(UsageError, match="package_version is 2"):
        Task.add_requirements("torch", 2)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"package_name is 'missing\.txt'; there is no such file"):
        Task.add_requirements("missing.txt")
    with pytest.raises(UsageError, match=r"requirements_file is 'missing\.txt'; there is no such file"):
        Task.force_requirements_env_freeze(requirements_file="missing.txt")
    with pytest.raises(UsageError, match="package_name is ''"):
        Task.ignore_requirements("")


def test_m36_what_is_installed(tmp_path: Path) -> None:
    """By pip, and by conda where there is such an environment."""
    found = installed_packages(tmp_path)
    assert f"numpy == {metadata.version('numpy')}" in found["freeze"].splitlines()
    assert set(found) == {"freeze"}

    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/history").touch()
    for name in ("python-3.11.7-h955ad1f_0", "ca-certificates-2024.3.11-h06a4308_0"):
        (tmp_path / f"conda-meta/{name}.json").touch()
    assert installed_packages(tmp_path)["conda"].splitlines() == [
        "ca-certificates=2024.3.11=h06a4308_0",
        "python=3.11.7=h955ad1f_0",
    ]
