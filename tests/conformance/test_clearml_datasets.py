"""``Dataset`` of the unmodified ``clearml`` package works against our server and its files."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.conformance.conftest import Ask

from pellucid.testing.published_client import QUICK, run_client
from pellucid.testing.server import RunningServer

INTERPRETER = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
CLIENT = Path(__file__).parent / "clients" / "datasets.py"

FIRST = {
    "kept.bin": Random(0).randbytes(1_500_000),
    "another.bin": Random(1).randbytes(1_500_000),
    "changed.txt": b"before",
    "sub/deeper/removed.bin": b"\0" * 10_000,
    "sub/ünïcode naïve ✓.txt": "中文".encode(),
    "sub/empty": b"",
}
CHANGES = {"changed.txt": b"after", "added.txt": b"new"}
SECOND = {name: content for name, content in (FIRST | CHANGES).items() if name != "sub/deeper/removed.bin"}

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not INTERPRETER.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def read_files(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def archives(server: RunningServer) -> set[str]:
    """Names of the archives that the server holds."""
    return {path.name for path in (server.data / "files").rglob("*.zip")}


@pytest.fixture(scope="module")
def written(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the package said of a version and its child when it had made them."""
    folder = write_files(tmp_path_factory.mktemp("first"), FIRST)
    changes = write_files(tmp_path_factory.mktemp("changes"), CHANGES)
    home = tmp_path_factory.mktemp("author")
    return dict(run_client(INTERPRETER, CLIENT, "write", str(folder), str(changes), home=home, server=server))


@pytest.fixture(scope="module")
def found(written: dict[str, Any], server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the package finds on another machine, where nothing is in any cache."""
    return dict(run_client(INTERPRETER, CLIENT, "read", home=tmp_path_factory.mktemp("reader"), server=server))


def test_a_child_knows_how_it_differs(written: dict[str, Any]) -> None:
    """Versions count on, and what was changed since the parent is known by name."""
    assert written["versions"] == ["1.0.0", "1.0.1"]
    assert written["graph"] == {written["second"]: [written["first"]], written["first"]: []}
    assert written["removed"] == ["sub/deeper/removed.bin"]
    assert written["modified"] == ["changed.txt"]
    assert written["added"] == ["added.txt"]


def test_versions_are_found_by_name(written: dict[str, Any], found: dict[str, Any]) -> None:
    """The newest one, and a certain one."""
    assert (found["newest"], found["first"]) == (written["second"], written["first"])
    assert found["tags"] == [["raw"], ["clean"]]
    assert found["metadata"] == {"rows": 3, "by": "hand"}
    assert found["final"]


def test_files_arrive_as_they_were(written: dict[str, Any], found: dict[str, Any]) -> None:
    """Byte by byte, out of several archives, with those of the parent that the child kept."""
    assert written["chunks"] > 1
    assert found["files"] == [sorted(FIRST), sorted(SECOND)]
    assert [read_files(Path(copy)) for copy in found["copies"]] == [FIRST, SECOND]


def test_lists_show_datasets(written: dict[str, Any], found: dict[str, Any]) -> None:
    """With project, version, tags and status."""
    kept = ("project", "name", "version", "tags", "status")
    listed = {row["id"]: [row[key] for key in kept] for row in found["listed"]}

    assert listed == {
        written["first"]: ["conformance/Größen", "Maße", "1.0.0", ["raw"], "published"],
        written["second"]: ["conformance/Größen", "Maße", "1.0.1", ["clean"], "completed"],
    }
    assert found["raw"] == [written["first"]]


def test_a_dataset_is_a_hidden_project(written: dict[str, Any], ask: Ask) -> None:
    """Whose name is the dataset's, and in which each version is a task (protocol §5.5)."""
    shown = [project["name"] for project in ask("projects.get_all")["projects"]]
    everything = {project["id"]: project for project in ask("projects.get_all", search_hidden=True)["projects"]}
    task = ask("tasks.get_by_id", task=written["first"])["task"]

    assert everything[task["project"]]["name"] == "conformance/Größen/.datasets/Maße"
    assert {"hidden", "dataset"} <= set(everything[task["project"]]["system_tags"])
    assert "conformance/Größen" in shown
    assert not [name for name in shown if ".datasets" in name]
    assert (task["type"], task["name"]) == ("data_processing", "Maße")
    assert "dataset" in task["system_tags"]


def test_a_task_remembers_the_datasets_that_it_used(
    written: dict[str, Any], server: RunningServer, tmp_path: Path, ask: Ask
) -> None:
    """In a section of its parameters and in its runtime properties."""
    used = run_client(INTERPRETER, CLIENT, "use", home=tmp_path, server=server, settings=QUICK)

    task = ask("tasks.get_by_id", task=used["task"])["task"]
    assert task["hyperparams"]["Datasets"]["train"]["value"] == written["second"]
    assert task["runtime"]["datasets"] == [written["second"]]
    # The key holds slashes and dots, and has to come back as it was sent.
    assert task["runtime"]["orig_datasets.Maße/1.0.1"] == written["second"]


def test_a_dataset_moves_as_a_whole(server: RunningServer, tmp_path: Path) -> None:
    """All versions go to the other project; only the project has the new name, as the package expects."""
    folders = [str(write_files(tmp_path / name, files)) for name, files in (("before", FIRST), ("after", SECOND))]
    moved = run_client(INTERPRETER, CLIENT, "move", *folders, home=tmp_path, server=server)

    assert moved["differences"] == [1, 1, 1]  # Removed, added, modified.
    assert moved["moved"] == moved["second"]
    assert moved["left"] == []
    assert moved["name"] == "settled"
    assert read_files(Path(moved["copy"])) == SECOND


def test_deleting_a_version_deletes_its_files(
    written: dict[str, Any], found: dict[str, Any], server: RunningServer, tmp_path: Path
) -> None:
    """And leaves its parent alone. (A published one stays: the package does not hand ``force`` on to the server.)"""
    before = archives(server)
    answer = run_client(INTERPRETER, CLIENT, "remove", written["second"], home=tmp_path, server=server)

    assert "could not be found" in answer["refused"]
    assert answer["left"] == [written["first"]]
    assert archives(server) == {name for name in before if written["second"] not in name} != before
