"""``organization.*`` (protocol §2.9)."""

from __future__ import annotations

from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def test_tags_of_tasks_and_models(api: Api) -> None:
    """Each once, in order; those of the system only if asked for."""
    mark = new_id()
    task = api.task(tags=[f"b {mark}", f"a {mark}"], system_tags=[f"s {mark}"])
    model = {"name": "m", "uri": "file:///m", "tags": [f"a {mark}", f"c {mark}"], "task": task}
    api.data("models.create", model)

    everything = api.data("organization.get_tags", {"include_system": True})
    some = api.data("organization.get_tags", {"filter": {"tags": [f"b {mark}"]}})

    assert [tag for tag in everything["tags"] if tag.endswith(mark)] == [f"a {mark}", f"b {mark}", f"c {mark}"]
    assert f"s {mark}" in everything["system_tags"]
    assert some == {"tags": [f"a {mark}", f"b {mark}"]}


def test_there_is_one_company(api: Api) -> None:
    """Whose owners are the administrators."""
    (company,) = api.data("organization.get_user_companies")["companies"]

    assert (company["id"], company["allocated"]) == ("pellucid", True)
    assert {"id": "admin", "name": "admin"} in company["owners"]


def test_things_are_counted_by_kind(api: Api) -> None:
    """By the filters of their listings; pipelines and datasets although they are hidden, and only what is named."""
    mark = new_id()
    project = api.data("projects.create", {"name": mark})["id"]
    api.data("projects.create", {"name": f"{mark}/.pipelines/p", "system_tags": ["hidden", "pipeline"]})
    for kind, tags in (("training", []), ("training", []), ("controller", ["pipeline", "hidden"])):
        api.task(type=kind, system_tags=tags, project=project)
    for _ in range(3):
        api.data("models.create", {"name": "m", "uri": "file:///m", "project": project})

    counted = api.data(
        "organization.get_entities_count",
        {
            "projects": {"name": f"^{mark}$"},
            "tasks": {"project": [project]},
            "models": {"project": project},
            "pipelines": {"name": mark},
            "pipeline_runs": {"project": [project]},
            "datasets": {"name": mark},
        },
    )

    assert counted == {"projects": 1, "tasks": 2, "models": 3, "pipelines": 1, "pipeline_runs": 1, "datasets": 0}


def test_what_is_counted_may_be_inside_documents_and_in_sub_projects(api: Api) -> None:
    """As the listing of tasks finds it."""
    mark = new_id()
    project = api.data("projects.create", {"name": mark})["id"]
    below = api.data("projects.create", {"name": f"{mark}/below"})["id"]
    for rate, place in (("0.5", project), ("1e-3", below), ("none", below)):
        parameter = {"section": "Args", "name": "rate", "value": rate}
        api.task(project=place, hyperparams={"Args": {"rate": parameter}})

    def counted(**listing: object) -> int:
        listing = {"project": [project], "include_subprojects": True, **listing}
        found = len(api.data("tasks.get_all", listing)["tasks"])
        assert api.data("organization.get_entities_count", {"tasks": listing}) == {"tasks": found}
        return found

    assert counted() == 3
    assert counted(**{"hyperparams.Args.rate.value": ["none"]}) == 1
    assert counted(**{"hyperparams.Args.rate.value": {"range": ["<0.1"]}}) == 1


def test_a_bad_filter_is_told(api: Api) -> None:
    """As by the listing itself."""
    code, subcode, message = api.code("organization.get_entities_count", {"tasks": {"name": "("}})

    assert (code, subcode) == (400, 12)
    assert "name" in message
