"""``projects.*`` (protocol §2.4)."""

from __future__ import annotations

from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def test_a_path_creates_its_ancestors(api: Api) -> None:
    """Parts are trimmed, empty ones dropped."""
    top = f"top {new_id()}"

    leaf = api.data("projects.create", {"name": f" {top} / middle //leaf "})["id"]

    project = api.data("projects.get_by_id", {"project": leaf})["project"]
    assert (project["name"], project["basename"]) == (f"{top}/middle/leaf", "leaf")
    found = api.data("projects.get_all", {"name": f"^{top}", "only_fields": ["name"]})["projects"]
    assert [entry["name"] for entry in found] == [top, f"{top}/middle", f"{top}/middle/leaf"]
    assert project["parent"] == found[1]["id"]
    assert project["path"] == [found[0]["id"], found[1]["id"]]


def test_a_name_that_is_taken_is_told(api: Api) -> None:
    """So that a client that lost a race looks it up again."""
    name = f"taken {new_id()}"
    api.data("projects.create", {"name": name})

    assert api.code("projects.create", {"name": name})[:2] == (400, 801)
    assert api.code("projects.create", {"name": " / "})[:2] == (400, 407)


def test_unknown_projects_have_their_own_code(api: Api) -> None:
    """400/401."""
    assert api.code("projects.get_by_id", {"project": new_id()})[:2] == (400, 401)


def test_names_escaped_as_python_does_are_understood(api: Api) -> None:
    """Clients anchor and escape the names that they look up (protocol §2.0)."""
    name = f"a-b c.d#{new_id()}"
    project = api.data("projects.create", {"name": name})["id"]
    escaped = name.replace("-", r"\-").replace(" ", r"\ ").replace(".", r"\.").replace("#", r"\#")

    found = api.data("projects.get_all", {"name": f"^{escaped}$", "only_fields": ["id"], "search_hidden": True})

    assert found["projects"] == [{"id": project}]


def tree(api: Api) -> tuple[str, dict[str, str]]:
    """A name of its own, and the ids of the projects below it by the rest of their names."""
    top = f"tree {new_id()}"
    for name in ("a/b/c", "x"):
        api.data("projects.create", {"name": f"{top}/{name}"})
    found = api.data("projects.get_all", {"name": f"^{top}", "only_fields": ["name"]})["projects"]
    return top, {project["name"].removeprefix(f"{top}/"): project["id"] for project in found}


def names(api: Api, top: str) -> list[str]:
    """What is there now."""
    found = api.data("projects.get_all", {"name": f"^{top}", "search_hidden": True})["projects"]
    return [project["name"].removeprefix(top) for project in found]


def test_a_project_is_changed(api: Api) -> None:
    """``None`` leaves as is."""
    _, ids = tree(api)
    change = {
        "project": ids["x"],
        "description": "d",
        "system_tags": ["hidden"],
        "default_output_destination": "s3://b",
    }

    assert api.data("projects.update", change)["fields"]["description"] == "d"

    project = api.data("projects.get_by_id", {"project": ids["x"]})["project"]
    assert (project["description"], project["system_tags"]) == ("d", ["hidden"])
    assert (project["default_output_destination"], project["tags"]) == ("s3://b", [])


def test_descendants_follow_a_new_name(api: Api) -> None:
    """Which stays in its place: elsewhere it is moved to."""
    top, ids = tree(api)

    api.data("projects.update", {"project": ids["a"], "name": f"{top}/new"})

    assert names(api, top) == ["", "/new", "/new/b", "/new/b/c", "/x"]
    assert api.code("projects.update", {"project": ids["a"], "name": "elsewhere/new"})[:2] == (400, 408)
    assert api.code("projects.update", {"project": ids["a"], "name": f"{top}/x"})[:2] == (400, 801)


def test_a_project_is_moved(api: Api) -> None:
    """Below another one, which is made if it is missing, but not below itself."""
    top, ids = tree(api)

    assert api.data("projects.move", {"project": ids["a/b"], "new_location": f"{top}/y/z"})["moved"] == 2

    assert names(api, top) == ["", "/a", "/x", "/y", "/y/z", "/y/z/b", "/y/z/b/c"]
    assert api.code("projects.move", {"project": ids["a/b"], "new_location": f"{top}/y/z/b/d"})[:2] == (400, 410)
    api.data("projects.move", {"project": ids["x"], "new_location": ""})
    assert api.data("projects.get_by_id", {"project": ids["x"]})["project"]["name"] == "x"
    api.data("projects.delete", {"project": ids["x"]})


def test_a_project_is_merged(api: Api) -> None:
    """With tasks and children."""
    top, ids = tree(api)
    task = api.task(project=ids["a"])

    answer = api.data("projects.merge", {"project": ids["a"], "destination_project": ids["x"]})

    assert answer == {"moved_entities": 1, "moved_projects": 2}
    assert names(api, top) == ["", "/x", "/x/b", "/x/b/c"]
    assert api.get(task)["project"] == ids["x"]
    assert api.code("projects.merge", {"project": ids["x"], "destination_project": ids["x"]})[:2] == (400, 12)


def test_what_is_not_empty_is_deleted_by_force(api: Api) -> None:
    """Without, the code says what is in it or below; with it, tasks stay behind, or go as well."""
    top, ids = tree(api)
    task = api.running_task(project=ids["a/b/c"])
    assert api.data("projects.validate_delete", {"project": ids["a"]})["non_archived_tasks"] == 1
    assert api.code("projects.delete", {"project": ids["a"]})[:2] == (400, 402)

    answer = api.data("projects.delete", {"project": ids["a/b"], "force": True})
    assert (answer["deleted"], answer["disassociated_tasks"], answer["deleted_tasks"]) == (2, 1, 0)
    assert api.get(task)["project"] is None

    api.data("tasks.move", {"ids": [task], "project": ids["a"]})
    model = api.data("models.create", {"name": "m", "uri": "u", "project": ids["a"]})["id"]
    answer = api.data("projects.delete", {"project": ids["a"], "force": True, "delete_contents": True})
    assert (answer["deleted"], answer["deleted_tasks"], answer["deleted_models"]) == (1, 1, 1)
    assert api.code("tasks.get_by_id", {"task": task})[:2] == (400, 101)
    assert api.code("models.get_by_id", {"model": model})[:2] == (400, 201)
    assert names(api, top) == ["", "/x"]


def test_archived_tasks_do_not_keep_a_project(api: Api) -> None:
    """Models do, and datasets and pipelines have codes of their own."""
    _, ids = tree(api)
    task = api.task(project=ids["x"])
    api.data("tasks.archive", {"tasks": [task]})
    for number, tag in ((413, "pipeline"), (406, "dataset")):
        kept = api.task(project=ids["a"], system_tags=[tag])
        assert api.code("projects.delete", {"project": ids["a"]})[:2] == (400, number)
        api.data("tasks.delete", {"task": kept})
    api.data("models.create", {"name": "m", "uri": "u", "project": ids["a"]})

    assert api.data("projects.delete", {"project": ids["x"]})["deleted"] == 1
    assert api.code("projects.delete", {"project": ids["a"]})[:2] == (400, 405)


def test_branches_and_levels_are_listed(api: Api) -> None:
    """A parent stands for all that is below it, or with a shallow search for its children."""
    top, ids = tree(api)

    def listed(**query: object) -> list[str]:
        found = api.data("projects.get_all", {"name": f"^{top}", **query})["projects"]
        return [project["name"].removeprefix(f"{top}/") for project in found]

    assert listed(parent=[ids["a"]]) == ["a/b", "a/b/c"]
    assert listed(parent=ids["a"], shallow_search=True) == ["a/b"]
    assert listed(shallow_search=True) == [top]
    assert listed(basename="^c$") == ["a/b/c"]


def test_numbers_are_told_of_each_project(api: Api) -> None:
    """Tasks by status, with descendants or without; names in place of ids."""
    top, ids = tree(api)
    api.running_task(project=ids["a/b"])
    api.data("tasks.archive", {"tasks": [api.task(project=ids["a"])]})
    api.task(project=ids["a/b/c"], system_tags=["dataset"])

    def numbers(**options: object) -> dict[str, dict[str, object]]:
        found = api.data("projects.get_all_ex", {"name": f"^{top}/", **options})["projects"]
        return {project["basename"]: project for project in found}

    found = numbers(include_stats=True, check_own_contents=True)
    stats = found["a"]["stats"]
    assert isinstance(stats, dict)
    assert stats["active"]["total_tasks"] == 2
    assert stats["active"]["status_count"]["in_progress"] == 1
    assert stats["archived"]["status_count"]["created"] == 1
    assert found["a"]["sub_projects"] == [
        {"id": ids["a/b"], "name": f"{top}/a/b"},
        {"id": ids["a/b/c"], "name": f"{top}/a/b/c"},
    ]
    assert (found["a"]["own_tasks"], found["x"]["own_tasks"], found["x"]["own_models"]) == (1, 0, 0)
    alone = numbers(include_stats=True, stats_with_children=False, stats_for_state="active")["a"]["stats"]
    assert isinstance(alone, dict)
    assert (list(alone), alone["active"]["total_tasks"]) == (["active"], 0)
    assert list(numbers(children_type="dataset")) == ["a", "b", "c"]
    assert numbers(active_users=["nobody"]) == {}
    assert api.code("projects.get_all_ex", {"children_type": "other"})[:2] == (400, 12)
