"""Tests of ``pellucid.sdk.task_queries``: tasks that a real server has, found by all kinds of questions."""

from __future__ import annotations

import hashlib
import itertools
import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest

from pellucid import Task, UsageError
from pellucid.base.errors import ServerUnavailableError
from pellucid.client.session import Client
from pellucid.wire import events, projects, task_life, tasks
from pellucid.wire.enums import EventType

pytestmark = pytest.mark.usefixtures("configured")

NO_TASK = "0" * 32


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """A project of the test's own."""
    return "queries/" + re.sub(r"\W+", "-", request.node.name)


@pytest.fixture
def add(client: Client, project: str) -> Callable[..., str]:
    """Adds a task to the project by the side door."""

    def add(name: str = "a task", **fields: Any) -> str:
        place = client.send(projects.GET_ALL, projects.GetAll(name=f"^{project}$", search_hidden=True)).projects
        id_ = place[0]["id"] if place else client.send(projects.CREATE, projects.Create(name=project)).id
        request = tasks.Create(**{"name": name, "type": "training", "project": id_, **fields})
        return client.send(tasks.CREATE, request).id

    return add


def ids(found: Iterable[Task]) -> list[str]:
    """Of these tasks."""
    return [task.id for task in found]


def archive(client: Client, task: str) -> None:
    """Put a task away."""
    client.send(task_life.ARCHIVE, task_life.Archive(tasks=[task]))


def touch(client: Client, task: str) -> None:
    """Make a task the one that changed last."""
    client.send(tasks.EDIT, tasks.Edit(task=task, force=True, runtime={"touched": True}))


def test_m80_m82_a_task_by_its_id(add: Callable[..., str]) -> None:
    """Ids are 32 hexadecimal characters; with one, nothing else counts; an unknown one is an error."""
    task_id = add("by id")
    task = Task.get_task(task_id=task_id, project_name="nowhere", task_name="another")

    assert re.fullmatch("[0-9a-f]{32}", task.id)
    assert (task.id, task.name) == (task_id, "by id")
    with pytest.raises(UsageError, match=f"there is no task '{NO_TASK}'"):
        Task.get_task(task_id=NO_TASK)


def test_m83_a_task_by_its_name(add: Callable[..., str], project: str) -> None:
    """Exactly, whatever characters it has: ``None`` if there is none; a project that does not exist is an error."""
    task_id = add("name [1]")

    found = Task.get_task(project_name=project, task_name="name [1]")
    assert found is not None
    assert found.id == task_id
    for name in ("name", "NAME [1]", "name 1"):
        assert Task.get_task(project_name=project, task_name=name) is None
    with pytest.raises(UsageError, match="project_name: there is no project 'nowhere'"):
        Task.get_task(project_name="nowhere", task_name="name [1]")
    with pytest.raises(UsageError, match="task_id is None; give the id of a task, or project_name and task_name"):
        Task.get_task(project_name=project)


def test_m84_of_several_the_one_changed_last(
    add: Callable[..., str], project: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """With a warning; archived ones only if there are no others."""
    older, newer = add("twin"), add("twin")
    touch(client, older)

    with caplog.at_level(logging.WARNING, logger="pellucid"):
        found = Task.get_task(project_name=project, task_name="twin")
    assert found is not None
    assert found.id == older
    assert f"several tasks are named 'twin'; {older}" in caplog.text
    archive(client, older)
    assert ids(filter(None, [Task.get_task(project_name=project, task_name="twin")])) == [newer]
    archive(client, newer)
    assert Task.get_task(project_name=project, task_name="twin") is not None
    assert Task.get_task(project_name=project, task_name="twin", allow_archived=False) is None


def test_a_task_by_name_in_any_project(add: Callable[..., str]) -> None:
    """The latest."""
    add("somewhere in here")
    newest = add("somewhere in here")

    found = Task.get_by_name("somewhere in here")
    assert found is not None
    assert found.id == newest
    assert Task.get_by_name("is nowhere at all") is None


def test_m86_tasks_by_project_and_name(add: Callable[..., str], project: str) -> None:
    """The name is a regular expression; the ones changed last come first; none is no error."""
    first, second, other = add("train 1"), add("train 2"), add("test")

    assert ids(Task.get_tasks(project_name=project, task_name="train")) == [second, first]
    assert ids(Task.get_tasks(project_name=[project], task_name=r"^(train 1|test)$")) == [other, first]
    assert Task.get_tasks(project_name=project, task_name="nonsense") == []
    assert Task.get_tasks(project_name="queries", task_name="train") == []  # exactly this project, none below it
    with pytest.raises(UsageError, match="project_name: there is no project 'nowhere'"):
        Task.get_tasks(project_name=[project, "nowhere"])


def test_m86_more_tasks_than_a_page_holds(client: Client, monkeypatch: pytest.MonkeyPatch, project: str) -> None:
    """All of them, each once."""
    id_ = client.send(projects.CREATE, projects.Create(name=project)).id
    made = {
        client.send(tasks.CREATE, tasks.Create(name=f"number {number}", type="training", project=id_)).id
        for number in range(7)
    }
    monkeypatch.setattr("pellucid.sdk.finding.PAGE", 3)

    for found in (Task.query_tasks(project_name=project), ids(Task.get_tasks(project_name=project))):
        assert len(found) == 7
        assert set(map(str, found)) == made
    assert len(Task.query_tasks(project_name=project, task_filter={"page": 0, "page_size": 2})) == 2


def test_m87_tasks_by_their_ids(add: Callable[..., str], client: Client) -> None:
    """In the order of the ids, archived ones too; one that is missing is an error."""
    made = [add(f"number {number}") for number in range(3)]
    archive(client, made[1])

    assert ids(Task.get_tasks(task_ids=made[::-1], project_name="nowhere", task_name="nothing")) == made[::-1]
    assert Task.get_tasks(task_ids=[]) == []
    with pytest.raises(UsageError, match=f"task_ids: there is no task '{NO_TASK}'"):
        Task.get_tasks(task_ids=[*made, NO_TASK])


def test_m88_m90_archived_tasks(add: Callable[..., str], client: Client, project: str) -> None:
    """Count unless somebody says otherwise, in either way."""
    kept, away = add("kept"), add("away")
    archive(client, away)

    assert set(ids(Task.get_tasks(project_name=project))) == {kept, away}
    assert ids(Task.get_tasks(project_name=project, allow_archived=False)) == [kept]
    assert ids(Task.get_tasks(project_name=project, task_filter={"system_tags": ["-archived"]})) == [kept]
    assert Task.query_tasks(project_name=project, task_filter={"system_tags": ["archived"]}) == [away]


@pytest.fixture(scope="module")
def tagged() -> dict[str, str]:
    """Tasks by their tags; filled by the first test that asks."""
    return {}


UNIVERSE = "abcd"


def by_tags(client: Client, tagged: dict[str, str], tags: list[str]) -> set[str]:
    """Which subsets of four tags match, each as a text such as "ac"."""
    if not tagged:
        id_ = client.send(projects.CREATE, projects.Create(name="queries/tags")).id
        for size in range(len(UNIVERSE) + 1):
            for subset in itertools.combinations(UNIVERSE, size):
                request = tasks.Create(name="tagged", type="training", project=id_, tags=list(subset))
                tagged[client.send(tasks.CREATE, request).id] = "".join(subset)
    return {tagged[str(found)] for found in Task.query_tasks(project_name="queries/tags", tags=tags)}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(["a", "b", "c"], lambda t: "a" in t or "b" in t or "c" in t, id="m104"),
        pytest.param(["__$and", "a", "b", "c"], lambda t: set("abc") <= set(t), id="m105"),
        pytest.param(
            ["__$not", "a", "b", "__$not", "c"], lambda t: "a" not in t and "b" in t and "c" not in t, id="m106"
        ),
        pytest.param(
            ["__$not", "a", "b", "__$notc"],
            lambda t: "a" not in t and "b" in t and "c" not in t,
            id="m106, as the guide writes it, without a comma",
        ),
        pytest.param(
            ["a", "b", "__$and", "c", "d"], lambda t: "a" in t or "b" in t or ("c" in t and "d" in t), id="m107"
        ),
        pytest.param(
            ["__$and", "__$or", "a", "b", "__$and", "c", "d"],
            lambda t: ("a" in t or "b" in t) and "c" in t and "d" in t,
            id="m108",
        ),
        pytest.param(["a", "-b"], lambda t: "a" in t or "b" not in t, id="m89"),
        pytest.param(["__$and", "a", "-b"], lambda t: "a" in t and "b" not in t, id="m103"),
        pytest.param(["a", "b"], lambda t: "a" in t or "b" in t, id="m103, by default"),
        pytest.param(["__$not", "a", "b"], lambda t: "a" not in t and "b" in t, id="m102"),
        pytest.param(["__$or", "a", "b", "c"], lambda t: "a" in t or "b" in t or "c" in t, id="m101"),
        pytest.param(
            ["__$all", "a", "b", "__$or", "c", "__$not", "d"],
            lambda t: "a" in t and "b" in t and ("c" in t or "d" not in t),
            id="m99, a mixed one",
        ),
    ],
)
def test_m89_m99_m101_m102_m103_m104_m105_m106_m107_m108_tags(
    client: Client, tagged: dict[str, str], tags: list[str], expected: Callable[[str], bool]
) -> None:
    """Of all subsets of four tags, those that the condition says (seed, Tag Filters)."""
    universe = {
        "".join(subset) for size in range(len(UNIVERSE) + 1) for subset in itertools.combinations(UNIVERSE, size)
    }

    assert by_tags(client, tagged, tags) == {subset for subset in universe if expected(subset)}


def test_m100_a_tag_that_begins_with_a_minus(add: Callable[..., str], project: str) -> None:
    """Is excluded by the operator."""
    weird, plain = add("weird", tags=["-weird", "x"]), add("plain", tags=["x"])

    assert Task.query_tasks(project_name=project, tags=["__$not", "-weird"]) == [plain]
    assert set(map(str, Task.query_tasks(project_name=project, tags=["x"]))) == {weird, plain}


def test_tags_of_both_arguments_count(add: Callable[..., str], project: str) -> None:
    """One list behind the other."""
    add("neither")
    both = {add("one", tags=["a"]), add("other", tags=["b"])}

    assert set(Task.query_tasks(project_name=project, tags=["a"], task_filter={"tags": ["b"]})) == both


def test_m91_m92_status_and_type(add: Callable[..., str], client: Client, project: str) -> None:
    """Any of a list."""
    training, testing, done = add("training"), add("testing", type="testing"), add("done")
    client.send(tasks.COMPLETED, tasks.Completed(task=done, force=True))

    assert Task.query_tasks(project_name=project, task_filter={"status": ["completed", "published"]}) == [done]
    assert Task.query_tasks(project_name=project, task_filter={"type": ["testing"]}) == [testing]
    assert Task.query_tasks(project_name=project, task_filter={"type": "training", "status": "created"}) == [training]


def test_m93_text(add: Callable[..., str], project: str) -> None:
    """A regular expression in names and comments, in any case of letters; together with other conditions."""
    commented, named = add("one", comment="Alpha 7"), add("the alpha 9")
    add("neither")

    found = Task.query_tasks(project_name=project, task_filter={"search_text": r"alpha \d"})
    assert set(map(str, found)) == {commented, named}
    both = {"search_text": "alpha", "_any_": {"fields": ["name", "comment"], "pattern": "^the"}}
    assert Task.query_tasks(project_name=project, task_filter=both) == [named]


def test_m94_m98_order_parent_and_more(add: Callable[..., str], client: Client, project: str) -> None:
    """Whatever the protocol's own filters can do."""
    parent = add("b")
    child = add("a", parent=parent, comment="child")
    other = add("a")
    touch(client, parent)

    def found(**task_filter: Any) -> list[Any]:
        return list(Task.query_tasks(project_name=project, task_filter=task_filter))

    assert found(order_by=["last_update"]) == [child, other, parent]
    assert found(order_by=["-last_update"]) == [parent, other, child]
    assert found(order_by=["name", "-created"]) == [other, child, parent]
    assert found(parent=parent) == [child]
    assert found(name="^b$") == [parent]
    assert found(id=[child, other]) == [other, child]
    assert found(_all_={"fields": ["name", "comment"], "pattern": "a|child"}) == [child]
    assert found(created=[">2020-01-01"], order_by=["created"]) == [parent, child, other]
    assert found(created=["<2020-01-01"]) == []
    assert found(user=["nobody"]) == []
    assert {task.name for task in Task.get_tasks(project_name=project, task_filter={"only_fields": ["name"]})} == set(
        "ab"
    )


def test_m98_a_key_that_filters_nothing(add: Callable[..., str], project: str) -> None:
    """Is refused, as it would find everything."""
    add("a")
    assert Task.query_tasks(project_name=project, task_filter={"execution.queue": ["a queue"]}) == []
    with pytest.raises(UsageError, match="task_filter has 'stauts'; allowed are"):
        Task.query_tasks(project_name=project, task_filter={"stauts": ["completed"]})


def md5(text: str) -> str:
    """As the guide says."""
    return hashlib.md5(text.encode("utf-8")).hexdigest()


@pytest.mark.parametrize(
    ("value_type", "expected"), [("value", [2, 0, 1]), ("min_value", [0, 2, 1]), ("max_value", [2, 1, 0])]
)
def test_m95_m96_m97_order_by_metrics(
    add: Callable[..., str], client: Client, project: str, value_type: str, expected: list[int]
) -> None:
    """By the last, the least or the greatest value; tasks without the metric come last."""
    field = f"last_metrics.{md5('loss')}.{md5('train')}.{value_type}"
    made = [add(f"number {number}") for number in range(3)]
    without = add("without")
    for task, values in zip(made, ([1, 9, 5], [8, 8, 8], [3, 4, 4]), strict=True):
        client.add_batch(
            [
                events.Event(
                    type=EventType.scalar, task=task, metric="loss", variant="train", iter=iteration, value=value
                )
                for iteration, value in enumerate(values)
            ]
        )

    def ordered(field: str) -> list[Any]:
        return list(Task.query_tasks(project_name=project, task_filter={"order_by": [field]}))

    assert ordered(field) == [*(made[number] for number in expected), without]
    assert ordered(f"-{field}") == [*(made[number] for number in expected[::-1]), without]


def test_fields_beside_the_ids(add: Callable[..., str], project: str) -> None:
    """As values; moments are moments, and what a task has not is ``None``."""
    task = add("with fields", script={"repository": "https://git.example/x.git"}, comment="for people")

    (found,) = Task.query_tasks(
        project_name=project,
        additional_return_fields=["name", "script.repository", "last_update", "parent", "execution.queue"],
    )

    assert isinstance(found, dict)
    assert isinstance(found.pop("last_update"), datetime)
    assert found == {
        "id": task,
        "name": "with fields",
        "script.repository": "https://git.example/x.git",
        "parent": None,
        "execution.queue": None,
    }


def test_documents_as_the_protocol_has_them(add: Callable[..., str]) -> None:
    """For who knows the protocol."""
    task = add("raw")

    assert Task.get_all(id=[task], only_fields=["id", "name"]) == [{"id": task, "name": "raw"}]


def test_projects(add: Callable[..., str], project: str) -> None:
    """By name, by parent, by their ids."""
    add()
    parent = Task.get_project_id("queries")
    assert parent is not None
    (found,) = Task.get_projects(name=f"^{project}$")

    assert (found.name, found.parent) == (project, parent)
    assert Task.get_project_id(project) == found.id
    assert Task.get_project_id("nowhere") is None
    assert found.id in {one.id for one in Task.get_projects(parent=[parent])}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Task.get_tasks(tags=["__$xyz", "a"]), r"tags has the operator '__\$xyz'; allowed are '__\$not'"),
        (lambda: Task.get_tasks(tags=[1]), r"tags is \[1\]; allowed is a list of texts"),  # type: ignore[list-item]
        (lambda: Task.get_tasks(tags=["__$and"]), "which names no tag"),
        (lambda: Task.query_tasks(task_filter={"tags": [""]}), r"task_filter\['tags'\] is"),
        (lambda: Task.query_tasks(task_filter=["status"]), "task_filter is"),  # type: ignore[arg-type]
        (lambda: Task.query_tasks(task_filter={"search_text": 3}), r"task_filter\['search_text'\] is 3"),
        (lambda: Task.query_tasks(task_filter={"search_text": "("}), "task_filter: "),
        (lambda: Task.query_tasks(task_filter={"status": object()}), "task_filter can't be sent"),
        (lambda: Task.query_tasks(task_filter={"page": -1}), "task_filter: "),
        (lambda: Task.query_tasks(additional_return_fields=[3]), "additional_return_fields is"),  # type: ignore[list-item]
        (lambda: Task.get_tasks(task_ids=[3]), "task_ids is"),  # type: ignore[list-item]
        (lambda: Task.get_tasks(task_name=3), "task_name is 3"),  # type: ignore[arg-type]
        (lambda: Task.get_tasks(allow_archived="no"), "allow_archived is 'no'"),  # type: ignore[arg-type]
        (lambda: Task.get_tasks(project_name=""), "project_name is"),
        (lambda: Task.get_tasks(project_name=[]), r"project_name is \[\]; allowed is the name of a project"),
        (lambda: Task.get_projects(colour="red"), "get_projects has no argument 'colour'"),
        (lambda: Task.get_projects(parent=3), "get_projects: "),
    ],
)
def test_m99_wrong_questions_are_told_at_once(call: Callable[[], object], message: str) -> None:
    """By argument and value."""
    with pytest.raises(UsageError, match=message):
        call()


def test_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to do."""
    monkeypatch.delenv("PELLUCID_API_HOST")

    with pytest.raises(ServerUnavailableError, match="start it with: pellucid server"):
        Task.get_tasks(project_name="queries")
