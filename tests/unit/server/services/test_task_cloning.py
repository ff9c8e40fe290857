"""``tasks.clone`` (protocol §2.3)."""

from __future__ import annotations

from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id

PARAMETER = {"section": "Args", "name": "a", "value": "1"}


def test_a_clone_has_what_is_to_be_done_and_nothing_of_what_was(api: Api) -> None:
    """Sections are copied; results, runtime, outputs and the queue are not."""
    source = api.running_task(
        comment="c",
        tags=["t"],
        system_tags=["development", "pipeline"],
        script={"repository": "r", "diff": " d"},
        hyperparams={"Args": {"a": PARAMETER}},
        configuration={"General": {"name": "General", "value": "x"}},
        container={"image": "i"},
        output_dest="s3://b",
        models={"input": [{"name": "n", "model": "m"}], "output": [{"name": "o", "model": "m2"}]},
        execution={"queue": "q", "artifacts": [{"key": "i", "type": "t", "mode": "input"}, {"key": "o", "type": "t"}]},
    )
    api.data("tasks.edit", {"task": source, "force": True, "runtime": {"progress": "1"}})
    api.data(
        "events.add",
        {"type": "training_stats_scalar", "task": source, "metric": "m", "variant": "v", "iter": 3, "value": 1},
    )

    clone = api.get(api.data("tasks.clone", {"task": source})["id"])
    original = api.get(source)

    for section in ("type", "script", "hyperparams", "configuration", "container", "tags", "comment", "project"):
        assert clone[section] == original[section], section
    assert (clone["status"], clone["system_tags"], clone["parent"]) == ("created", ["pipeline"], source)
    assert clone["output"]["destination"] == "s3://b"
    assert clone["models"] == {"input": [{"name": "n", "model": "m"}], "output": []}
    assert [artifact["key"] for artifact in clone["execution"]["artifacts"]] == ["i"]
    assert "queue" not in clone["execution"]
    assert (clone["runtime"], clone["last_metrics"], clone["last_iteration"], clone["started"]) == ({}, {}, 0, None)
    assert clone["name"] == f"Clone of {original['name']}"


def test_what_is_given_stands(api: Api) -> None:
    """Empty is given, too."""
    source = api.task(tags=["t"], hyperparams={"Args": {"a": PARAMETER}})
    wanted = {
        "new_task_name": "other",
        "new_task_comment": "why",
        "new_task_tags": [],
        "new_task_system_tags": ["x"],
        "new_task_parent": source,
        "new_task_hyperparams": {"Args": {"a": {**PARAMETER, "value": "2"}}},
        "new_task_container": {"image": "j"},
        "execution_overrides": {"framework": "f"},
    }

    clone = api.get(api.data("tasks.clone", {"task": source, **wanted})["id"])

    assert (clone["name"], clone["comment"], clone["tags"], clone["system_tags"]) == ("other", "why", [], ["x"])
    assert clone["hyperparams"]["Args"]["a"]["value"] == "2"
    assert (clone["container"], clone["execution"]["framework"]) == ({"image": "j"}, "f")


def test_clones_of_a_child_are_its_siblings(api: Api) -> None:
    """Unless the parent is gone: then the source takes its place."""
    parent = api.task()
    child = api.task(parent=parent)

    assert api.get(api.data("tasks.clone", {"task": child})["id"])["parent"] == parent
    api.data("tasks.delete", {"task": parent})
    assert api.get(api.data("tasks.clone", {"task": child})["id"])["parent"] == child


def test_a_clone_may_go_into_a_new_project(api: Api) -> None:
    """Which is made, and told, if it is missing."""
    source, name = api.task(), f"clones {new_id()}"

    first = api.data("tasks.clone", {"task": source, "new_project_name": name})
    second = api.data("tasks.clone", {"task": source, "new_project_name": name})

    assert first["new_project"]["name"] == name
    assert api.get(first["id"])["project"] == first["new_project"]["id"] == api.get(second["id"])["project"]
    assert "new_project" not in second


def test_unknown_references_are_told(api: Api) -> None:
    """With the code of what they are to."""
    assert api.code("tasks.clone", {"task": new_id()})[:2] == (400, 101)
    assert api.code("tasks.clone", {"task": api.task(), "new_task_project": new_id()})[:2] == (400, 401)
    assert api.code("tasks.clone", {"task": api.task(), "new_task_parent": new_id()})[:2] == (400, 101)
