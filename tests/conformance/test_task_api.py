"""The same examples of the Task API, run by the unmodified ``clearml`` package and by ours, leave the same behind.

What differs is listed here, with the reason; everything else is a bug.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.conformance.conftest import Ask

from pellucid.sdk.configuration import from_text
from pellucid.testing.published_client import QUICK, run_client
from pellucid.testing.server import RunningServer

THEIRS = Path(__file__).parents[2] / ".venv-clearml" / "bin" / "python"
EXAMPLES = Path(__file__).parent / "clients" / "task_api.py"

TASKS = [
    "objects",
    "parameters",
    "reports, renamed",
    "a draft",
    "an edited draft",
    "a script",
    "a life",
    "imported",
]

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not THEIRS.exists() and "CI" not in os.environ, reason="no environment with clearml (make test makes it)"
    ),
]

_VARIES = (
    "id",
    "created",
    "started",
    "completed",
    "published",
    "status_changed",
    "last_*",
    "active_duration",
    "execution.artifacts.*.timestamp",
)
"""What no two runs have in common: last_iteration is asked for by the examples."""

DECIDED = {
    "runtime.*": "facts about the machine have names of their own, and the version is ours",
    "script.requirements.*": "each names its own package among those that the script needs",
    "comment": "a draft that nobody commented on has no comment",
    "hyperparams.properties.*.type": "user properties keep their types",
    "configuration.*.type": "a dictionary is said to be one, whichever call it came by",
    "execution.artifacts.*.type_data.preview": "of a file or a link the preview is its path or address",
    "script.version_num": "another branch without a commit means its latest one",
}


@pytest.fixture(scope="module")
def said(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the examples saw, by package."""
    interpreters = {"theirs": THEIRS, "ours": Path(sys.executable)}
    return {
        name: run_client(
            python, EXAMPLES, f"examples {name}", home=tmp_path_factory.mktemp(name), server=server, settings=QUICK
        )
        for name, python in interpreters.items()
    }


@pytest.fixture(scope="module")
def documents(said: dict[str, dict[str, Any]], ask: Ask) -> dict[str, dict[str, dict[str, Any]]]:
    """What the server has, by package and by name, without ids and times."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in said:
        projects = {
            one["id"]: one["name"]
            for one in ask("projects.get_all", name=f"^examples {name}", search_hidden=True)["projects"]
        }
        tasks = ask("tasks.get_all", project=[*projects], search_hidden=True)["tasks"]
        names = {task["id"]: task["name"] for task in tasks} | projects
        found[name] = {task["name"]: dict(_flat(_neutral(task, names, name))) for task in tasks}
    return found


def _neutral(value: Any, names: dict[str, str], package: str) -> Any:
    """Names for ids, and nothing that says which package it was."""
    if isinstance(value, dict):
        return {key: _neutral(item, names, package) for key, item in value.items()}
    if isinstance(value, list):
        return [_neutral(item, names, package) for item in value]
    if isinstance(value, str):
        text = names.get(value, value)
        for id_, name in names.items():
            text = text.replace(id_, name)
        text = re.sub(r"Auto-generated at .* UTC", "Auto-generated", text)
        return text.replace(f"examples {package}", "examples").replace(f"examples%20{package}", "examples")
    return value


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Values by dotted paths; nothing, the empty text and empty lists are the same."""
    if path.startswith("configuration.") and path.endswith(".value"):
        value = from_text(str(value), "yaml" if "depth:" in str(value) else None)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for place, item in enumerate(value):
            yield from _flat(item, f"{path}.{place}")
    elif value not in (None, "", []):
        yield path, value


def _left(differences: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    return {path: what for path, what in differences.items() if not any(fnmatchcase(path, one) for one in allowed)}


@pytest.mark.parametrize("task", TASKS)
def test_the_server_holds_the_same(documents: dict[str, dict[str, dict[str, Any]]], task: str) -> None:
    """Field by field."""
    theirs, ours = (documents[name][task] for name in ("theirs", "ours"))
    differences = {
        path: (theirs.get(path), ours.get(path))
        for path in sorted(theirs.keys() | ours.keys())
        if theirs.get(path) != ours.get(path)
    }

    assert _left(differences, (*_VARIES, *DECIDED)) == {}


def test_all_tasks_are_compared(documents: dict[str, dict[str, dict[str, Any]]]) -> None:
    """None is on one side only."""
    assert sorted(documents["theirs"]) == sorted(documents["ours"]) == sorted(TASKS)


def test_what_was_decided_still_differs(documents: dict[str, dict[str, dict[str, Any]]]) -> None:
    """A difference that is gone is taken from the list."""
    differing = {
        path
        for task in TASKS
        for path in documents["theirs"][task].keys() | documents["ours"][task].keys()
        if documents["theirs"][task].get(path) != documents["ours"][task].get(path)
    }

    assert [one for one in DECIDED if not any(fnmatchcase(path, one) for path in differing)] == []


SAID_OTHERWISE = {
    "cast.properties/stable": "user properties keep their types",
    "as dict.properties.stable": "the same",
    "deleted task": "an answer that says yes",
}


def test_the_examples_read_the_same(said: dict[str, dict[str, Any]]) -> None:
    """Parameters, curves, artifacts, statuses, queries."""
    theirs, ours = (dict(_flat(_neutral(said[name], {}, name))) for name in ("theirs", "ours"))
    differences = {
        path: (theirs.get(path), ours.get(path))
        for path in sorted(theirs.keys() | ours.keys())
        if theirs.get(path) != ours.get(path)
    }

    assert _left(differences, tuple(SAID_OTHERWISE)) == {}
    assert set(differences) == set(SAID_OTHERWISE)


NOT_OURS = {
    # of servers that route traffic, and of paid ones
    "get_http_router",
    "request_external_endpoint",
    "wait_for_external_endpoint",
    "list_external_endpoints",
    "set_dataview",
    "get_dataviews",
    # of the package's own inside
    "send",
    "normalize_id",
    "resolve_id",
    "started",
    "stopped",
    "completed",
    "stop_request",
    "set_artifacts",
    "update_model_desc",
    "save_exec_model_design_file",
    "get_num_of_classes",
    "get_label_num_description",
    "get_project_object",
    "publish_on_completion",
}
"""Public methods of their ``Task`` that ours may lack."""

OTHER_ARGUMENTS = {
    "get_all": "a session and a log of theirs mean nothing here",
    "clone": "what to copy has to be said",
    "flush": "ours may be told how long to wait",
    "execute_remotely": "the guide calls queue_name queue as well",
}


Signatures: TypeAlias = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def signatures(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Signatures, Signatures]:
    """Methods of ``Task`` with arguments and defaults: theirs, ours."""
    script = EXAMPLES.with_name("signatures.py")
    theirs, ours = (
        dict(run_client(python, script, home=tmp_path_factory.mktemp("home"), server=server))
        for python in (THEIRS, Path(sys.executable))
    )
    return theirs, ours


def test_arguments_and_defaults_are_the_same(signatures: tuple[Signatures, Signatures]) -> None:
    """Of all methods that both have; in the same order, as all may be given by place."""
    theirs, ours = signatures
    shared = theirs.keys() & ours.keys()

    assert {name for name in shared if theirs[name] != ours[name]} - OTHER_ARGUMENTS.keys() == set()


def test_no_method_is_missing(signatures: tuple[Signatures, Signatures]) -> None:
    """But for those that are listed."""
    theirs, ours = signatures

    assert theirs.keys() - ours.keys() - NOT_OURS == set()
