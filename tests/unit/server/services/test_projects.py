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
