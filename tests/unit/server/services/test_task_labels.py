"""``tasks.*``: moving, tagging and archiving (protocol §2.2, §2.3)."""

from __future__ import annotations

from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def test_tasks_move_by_name_or_id_or_out(api: Api) -> None:
    """A missing project is made."""
    tasks, name = [api.task(), api.task()], f"moved {new_id()}/here"

    project = api.data("tasks.move", {"ids": tasks, "project_name": name})["project_id"]

    assert api.data("projects.get_by_id", {"project": project})["project"]["name"] == name
    assert {api.get(task)["project"] for task in tasks} == {project}
    assert api.data("tasks.move", {"ids": tasks[:1]})["project_id"] is None
    assert api.get(tasks[0])["project"] is None
    assert api.code("tasks.move", {"ids": tasks, "project": new_id()})[:2] == (400, 401)


def test_tags_are_added_and_removed(api: Api) -> None:
    """Of the tasks that there are."""
    task = api.task(tags=["a", "b"])

    answer = api.data("tasks.update_tags", {"ids": [task, new_id()], "add_tags": ["c", "a"], "remove_tags": ["b"]})

    assert answer["updated"] == 1
    assert api.get(task)["tags"] == ["a", "c"]
    assert api.code("tasks.update_tags", {"ids": [task], "add_tags": ["__$not"]})[:2] == (400, 12)


def test_archiving_ends_what_waits_or_runs(api: Api) -> None:
    """And coming back brings no status back."""
    queue = api.data("queues.create", {"name": f"archive {new_id()}"})["id"]
    waiting, running = api.task(), api.running_task()
    api.data("tasks.enqueue", {"task": waiting, "queue": queue})

    assert api.data("tasks.archive", {"tasks": [waiting, running]}) == {"archived": 2}

    assert [api.get(task)["status"] for task in (waiting, running)] == ["created", "stopped"]
    assert api.get(running)["system_tags"] == ["archived"]
    assert api.data("queues.get_by_id", {"queue": queue})["queue"]["entries"] == []
    assert api.data("tasks.unarchive", {"tasks": [running]}) == {"unarchived": 1}
    assert api.get(running)["system_tags"] == []


def test_several_at_once(api: Api) -> None:
    """Each by itself."""
    task, missing = api.task(), new_id()

    for many, done in (("archive_many", "archived"), ("unarchive_many", "unarchived")):
        answer = api.data(f"tasks.{many}", {"ids": [task, missing]})
        assert answer["succeeded"] == [{"id": task, done: True}]
        assert [entry["error"]["codes"] for entry in answer["failed"]] == [[400, 101]]


def test_everything_is_public(api: Api) -> None:
    """The answer counts."""
    for action in ("make_public", "make_private"):
        assert api.data(f"tasks.{action}", {"ids": [api.task(), new_id()]})["updated"] == 1
        assert api.data(f"tasks.{action}", {})["updated"] == 0
