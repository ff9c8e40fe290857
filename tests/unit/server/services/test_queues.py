"""``queues.*``: the queues themselves (protocol §2.7)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def queue(api: Api) -> str:
    """The id of a new queue, whose name is its own."""
    return str(api.data("queues.create", {"name": f"queue {new_id()}"})["id"])


def read(api: Api, queue: str, **fields: Any) -> dict[str, Any]:
    """A queue's document."""
    return dict(api.data("queues.get_by_id", {"queue": queue, **fields})["queue"])


def test_there_is_a_default_queue(api: Api) -> None:
    """From the first start on."""
    default = api.data("queues.get_default")

    assert default["name"] == "default"
    assert read(api, default["id"])["system_tags"] == ["default"]


def test_a_queue_is_created(api: Api) -> None:
    """Metadata goes in as a list and comes out by key; lists are lists even when empty."""
    name = f"gpu {new_id()}"
    metadata = [{"key": "cost", "type": "str", "value": "3"}]
    queue = api.data(
        "queues.create", {"name": f" {name} ", "display_name": "GPUs", "tags": ["b", "a"], "metadata": metadata}
    )["id"]

    document = read(api, queue)
    assert document["name"] == name
    assert (document["display_name"], document["tags"], document["system_tags"]) == ("GPUs", ["a", "b"], [])
    assert (document["entries"], document["metadata"]) == ([], {"cost": metadata[0]})
    assert api.data("queues.get_by_name", {"name": name})["queue"] == document


@pytest.mark.parametrize(
    ("request_of", "code", "sentence"),
    [
        (lambda name: ("create", {"name": name}), (400, 801), "already exists"),
        (lambda name: ("create", {"name": "  "}), (400, 12), "name is empty"),
        (lambda name: ("create", {}), (400, 11), "name"),
        (lambda name: ("create", {"name": "x", "tags": ["__$not"]}), (400, 12), "operator"),
        (lambda name: ("get_by_id", {"queue": name}), (400, 701), "no queue"),
        (lambda name: ("get_by_name", {"name": name[:-1]}), (400, 701), "no queue is named"),
        (lambda name: ("update", {"queue": name, "name": "x"}), (400, 701), "no queue"),
        (lambda name: ("delete", {"queue": name}), (400, 701), "no queue"),
        (lambda name: ("get_all", {"order_by": ["-name"], "name": "("}), (400, 12), "regular expression"),
    ],
)
def test_what_is_refused(api: Api, queue: str, request_of: Any, code: tuple[int, int], sentence: str) -> None:
    """With the protocol's code, and a sentence; a name is no id."""
    action, body = request_of(read(api, queue)["name"])

    status, subcode, message = api.code(f"queues.{action}", body)
    assert (status, subcode) == code
    assert sentence in message


def test_queues_are_found_as_agents_ask(api: Api, queue: str) -> None:
    """By part of the name; by id with tags only, where they must be a list."""
    name = read(api, queue)["name"]

    found = api.data("queues.get_all", {"name": name[-20:], "only_fields": ["name", "id"]})["queues"]
    assert found == [{"id": queue, "name": name}]
    asked = {"id": [queue], "only_fields": ["id", "tags"]}
    assert api.data("queues.get_all", asked)["queues"] == [{"id": queue, "tags": []}]


def test_a_queue_is_changed(api: Api, queue: str) -> None:
    """What is not given stays."""
    answer = api.data("queues.update", {"queue": queue, "tags": ["force_workers:on"]})

    assert (answer["updated"], answer["fields"]["tags"]) == (1, ["force_workers:on"])
    document = read(api, queue)
    assert document["tags"] == ["force_workers:on"]
    assert document["name"].startswith("queue ")


def test_metadata_is_set_and_removed(api: Api, queue: str) -> None:
    """By key; the others stay unless they are to be replaced."""
    for items, replace in (({"a": "1", "b": "2"}, False), ({"b": "3"}, False)):
        metadata = [{"key": key, "value": value} for key, value in items.items()]
        body = {"queue": queue, "metadata": metadata, "replace_metadata": replace}
        assert api.data("queues.add_or_update_metadata", body) == {"updated": 1}
    assert {key: item["value"] for key, item in read(api, queue)["metadata"].items()} == {"a": "1", "b": "3"}

    api.data("queues.delete_metadata", {"queue": queue, "keys": ["a", "none"]})
    assert list(read(api, queue)["metadata"]) == ["b"]
    body = {"queue": queue, "metadata": [{"key": "c", "value": "4"}], "replace_metadata": True}
    api.data("queues.add_or_update_metadata", body)
    assert list(read(api, queue)["metadata"]) == ["c"]
    assert api.code("queues.add_or_update_metadata", {"queue": queue, "metadata": [{"key": ""}]})[:2] == (400, 12)


def test_only_force_deletes_a_queue_in_which_tasks_wait(api: Api, queue: str) -> None:
    """They are what they were before."""
    task = api.task()
    api.data("tasks.enqueue", {"task": task, "queue": queue})

    assert api.code("queues.delete", {"queue": queue})[:2] == (400, 702)
    assert api.data("queues.delete", {"queue": queue, "force": True}) == {"deleted": 1}
    assert api.get(task)["status"] == "created"
    assert api.code("queues.get_by_id", {"queue": queue})[:2] == (400, 701)


def test_the_page_s_list_names_tasks_and_workers(api: Api, queue: str) -> None:
    """Entries up to a limit, and who serves the queue."""
    tasks = [api.task(name=name) for name in ("first", "second")]
    for task in tasks:
        api.data("tasks.enqueue", {"task": task, "queue": queue})
    worker = f"host:{new_id()}"
    api.data("workers.register", {"worker": worker, "queues": [queue]})

    (found,) = api.data("queues.get_all_ex", {"id": [queue], "max_task_entries": 1})["queues"]
    assert [entry["task"] for entry in found["entries"]] == [{"id": tasks[0], "name": "first"}]
    assert [each["name"] for each in found["workers"]] == [worker]
    assert len(read(api, queue)["entries"]) == 2
