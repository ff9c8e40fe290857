"""What every store must do with projects and tasks: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pellucid.store.api import Store
from pellucid.store.conditions import Condition, Every, Has, Some, Without
from pellucid.store.errors import AlreadyExistsError, BadQueryError, NotFoundError
from pellucid.store.records import Query, TaskRecord
from pellucid.testing.store_samples import LATER, NOON, a_task


class ProjectTests:
    """The tree of projects."""

    def test_missing_ancestors_are_created(self, store: Store, other: Store) -> None:
        """A path of three names makes three projects, linked from the top."""
        leaf = store.projects.create("vision/digits/cnn", user="ada", now=NOON, description="small", tags=["mnist"])

        top, middle, found = other.projects.find(Query())
        assert [top.name, middle.name, found.name] == ["vision", "vision/digits", "vision/digits/cnn"]
        assert found == leaf == other.projects.get(leaf.id)
        assert (found.basename, found.parent, found.path) == ("cnn", middle.id, [top.id, middle.id])
        assert (middle.description, middle.tags, middle.parent) == ("", [], top.id)

    def test_ancestors_are_reused(self, store: Store) -> None:
        """A sibling adds one project."""
        first = store.projects.create("vision/a", user="ada", now=NOON)
        second = store.projects.create("vision/b", user="ada", now=NOON)

        assert first.parent == second.parent
        assert len(store.projects.find(Query())) == 3

    @pytest.mark.parametrize("taken", ["vision", "vision/a"])
    def test_a_name_is_taken_once(self, store: Store, taken: str) -> None:
        """The full name of a project or of an ancestor is refused, and nothing is left of the attempt."""
        store.projects.create("vision/a", user="ada", now=NOON)

        with pytest.raises(AlreadyExistsError, match=taken):
            store.projects.create(taken, user="ada", now=NOON)
        assert len(store.projects.find(Query())) == 2

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            (Query(name="^vision/"), ["vision/a", "vision/b"]),
            (Query(name="/a$"), ["audio/a", "vision/a"]),
            (Query(equal={"basename": ["b"]}), ["vision/b"]),
            (Query(order_by=[("name", True)], limit=2), ["vision/b", "vision/a"]),
            (Query(limit=2, offset=1), ["audio/a", "vision"]),
        ],
    )
    def test_projects_are_found(self, store: Store, query: Query, names: list[str]) -> None:
        """By name, by column, in order and by page."""
        for name in ("vision/b", "vision/a", "audio/a"):
            store.projects.create(name, user="ada", now=NOON)

        assert [project.name for project in store.projects.find(query)] == names

    def test_descendants_are_found_by_path(self, store: Store) -> None:
        """A list column is equal to a value that it contains."""
        leaf = store.projects.create("vision/digits/cnn", user="ada", now=NOON)

        found = store.projects.find(Query(equal={"path": [leaf.path[0]]}))
        assert [project.name for project in found] == ["vision/digits", "vision/digits/cnn"]

    def test_a_project_is_updated(self, store: Store, other: Store) -> None:
        """The change is stored and returned."""
        made = store.projects.create("vision", user="ada", now=NOON)

        changed = store.projects.update(made.id, lambda old: replace(old, description="images", last_update=LATER))
        assert changed == other.projects.get(made.id) == replace(made, description="images", last_update=LATER)

    def test_a_project_cannot_take_another_one_s_name(self, store: Store) -> None:
        """Nothing changes then."""
        store.projects.create("audio", user="ada", now=NOON)
        made = store.projects.create("vision", user="ada", now=NOON)

        with pytest.raises(AlreadyExistsError, match="audio"):
            store.projects.update(made.id, lambda old: replace(old, name="audio"))
        assert store.projects.get(made.id) == made

    def test_an_unknown_project_is_named(self, store: Store) -> None:
        """By get as by update."""
        with pytest.raises(NotFoundError, match="project 'none'"):
            store.projects.get("none")
        with pytest.raises(NotFoundError, match="project 'none'"):
            store.projects.update("none", lambda old: old)


class TaskTests:
    """Task documents."""

    def test_a_task_comes_back_as_it_was(self, store: Store, other: Store) -> None:
        """Every field, with the types that JSON keeps and texts of any alphabet."""
        project = store.projects.create("vision", user="ada", now=NOON)
        store.tasks.create(a_task("parent"))
        document = {"a/b": {"c.d": [1, 2.5, None, True, "ü ✓", {"": []}]}, "$big": 2**70}
        full = a_task(
            "full", name="ünï ✓", project=project.id, parent="parent", user="ada", comment="why", status_reason="r",
            status_message="m", status_changed=LATER, started=NOON, completed=LATER, published=LATER,
            last_update=LATER, last_worker="host:0", last_worker_report=LATER, active_duration=5, last_iteration=2**40,
            tags=["b", "a"], system_tags=["development"], script=document, execution=document, output=document,
            models=document, container=document, runtime=document, hyperparams=document, configuration=document,
        )  # fmt: skip
        store.tasks.create(full)

        assert other.tasks.get("full") == full

    @pytest.mark.parametrize("field", ["project", "parent"])
    def test_a_task_belongs_to_what_exists(self, store: Store, field: str) -> None:
        """An unknown project or parent is refused, and the task is not there."""
        with pytest.raises(NotFoundError, match="none"):
            store.tasks.create(a_task(**{field: "none"}))
        assert store.tasks.count(Query()) == 0

    def test_an_id_is_taken_once(self, store: Store) -> None:
        """The first task stays."""
        store.tasks.create(a_task(comment="first"))

        with pytest.raises(AlreadyExistsError, match="task"):
            store.tasks.create(a_task(comment="second"))
        assert store.tasks.get("task").comment == "first"

    def test_a_task_is_updated(self, store: Store, other: Store) -> None:
        """The new record is stored and returned; the id stays."""
        store.tasks.create(a_task())

        changed = store.tasks.update("task", lambda old: replace(old, status="in_progress", runtime={"k": [1]}))
        assert changed == other.tasks.get("task") == a_task(status="in_progress", runtime={"k": [1]})

    def test_a_document_may_be_changed_in_place(self, store: Store) -> None:
        """A change that alters the old record's own dictionary is a change."""
        store.tasks.create(a_task(runtime={"kept": 1}))

        def note(old: TaskRecord) -> TaskRecord:
            old.runtime["added"] = 2
            return old

        store.tasks.update("task", note)
        assert store.tasks.get("task").runtime == {"kept": 1, "added": 2}

    def test_a_refused_change_changes_nothing(self, store: Store) -> None:
        """What the change raises comes out as it is."""
        store.tasks.create(a_task())

        def refuse(old: TaskRecord) -> TaskRecord:
            old.runtime["half"] = True
            raise ArithmeticError("no")

        with pytest.raises(ArithmeticError, match="no"):
            store.tasks.update("task", refuse)
        with pytest.raises(NotFoundError, match="project"):
            store.tasks.update("task", lambda old: replace(old, project="none"))
        assert store.tasks.get("task") == a_task()

    def test_a_change_that_writes_is_a_mistake(self, store: Store) -> None:
        """It raises, where it might have waited for itself for ever."""
        store.tasks.create(a_task())

        with pytest.raises(Exception, match="already"):
            store.tasks.update("task", lambda old: store.tasks.update("task", lambda inner: inner))
        assert store.tasks.update("task", lambda old: replace(old, comment="later")).comment == "later"

    def test_records_are_values(self, store: Store) -> None:
        """A record that was handed out is not touched by later writes, nor do changes to it reach the store."""
        store.tasks.create(a_task(tags=["old"]))
        held = store.tasks.get("task")
        store.tasks.update("task", lambda old: replace(old, tags=["new"]))
        held.tags.append("mine")

        assert held.tags == ["old", "mine"]
        assert store.tasks.get("task").tags == ["new"]

    @pytest.mark.parametrize("method", ["get", "update", "reset", "delete"])
    def test_an_unknown_task_is_named(self, store: Store, method: str) -> None:
        """By every method that takes one."""
        same: Any = lambda old: old  # noqa: E731 - a function that changes nothing
        arguments = {"get": [], "update": [same], "reset": [same, NOON], "delete": [same, NOON]}
        with pytest.raises(NotFoundError, match="task 'none'"):
            getattr(store.tasks, method)("none", *arguments[method])


_TAGGED = {
    "none": [],
    "a": ["a"],
    "b": ["b"],
    "ab": ["a", "b"],
    "abc": ["c", "b", "a"],
    "odd": ['"a"', "a%", "A"],
}


def _has(tag: str) -> Has:
    return Has("tags", (tag,))


def _lacks(tag: str) -> Without:
    return Without(_has(tag))


class TaskSearchTests:
    """Finding tasks."""

    @pytest.fixture
    def tagged(self, store: Store) -> Store:
        """Tasks named after their tags."""
        for task, tags in _TAGGED.items():
            store.tasks.create(a_task(task, tags=tags))
        return store

    @pytest.mark.parametrize(
        ("condition", "found"),
        [
            (_has("a"), "a ab abc"),
            (Every((_has("a"), _has("b"))), "ab abc"),
            (Every((_has("a"), _lacks("b"))), "a"),
            (Some((_has("a"), _has("b"))), "a ab abc b"),
            (Has("tags", ("a", "b")), "a ab abc b"),
            (Some((_has("a"), _lacks("b"))), "a ab abc none odd"),
            (Every((_lacks("a"), _lacks("b"))), "none odd"),
            (Every((Some((_has("a"), _has("b"))), _lacks("c"))), "a ab b"),
            (Has("tags", (None, "c")), "abc none"),
            (_has('"a"'), "odd"),
        ],
    )
    def test_by_tags(self, tagged: Store, condition: Condition, found: str) -> None:
        """A tag is equal to itself only."""
        query = Query(where=(condition,))

        assert [task.id for task in tagged.tasks.find(query)] == found.split()
        assert tagged.tasks.count(query) == len(found.split())

    @pytest.fixture
    def listed(self, store: Store) -> Store:
        """Five tasks that differ in the columns that people search."""
        project = store.projects.create("vision", user="ada", now=NOON)
        for task in (
            a_task("1", name="exp one", status="completed", project=project.id, started=LATER),
            a_task("2", name="exp two", status="stopped", started=NOON),
            a_task("3", name="Exp.one", status="completed", user="ada"),
            a_task("4", name="other", type="testing", system_tags=["archived"]),
            a_task("5", name="exp hidden", system_tags=["hidden"]),
        ):
            store.tasks.create(task)
        return store

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (Query(), "12345"),
            (Query(hidden=False), "1234"),
            (Query(hidden=False, ids=["5", "1"]), "15"),
            (Query(ids=["9"]), ""),
            (Query(name="exp"), "125"),
            (Query(name="EXP"), ""),
            (Query(name="xp one"), "1"),
            (Query(name="^exp"), "125"),
            (Query(name="^xp"), ""),
            (Query(name="one$"), "13"),
            (Query(name=r"\.one"), "3"),
            (Query(name="p.one"), "13"),
            (Query(name=r"exp\sone"), "1"),
            (Query(name=r"^exp\ one$"), "1"),
            (Query(name="^exp$"), ""),
            (Query(name="^"), "12345"),
            (Query(name=r"(?i)^exp.one$"), "13"),
            (Query(name="(one|two)$", hidden=False), "123"),
            (Query(equal={"status": ["completed", "stopped"]}), "123"),
            (Query(equal={"status": ["completed"], "user": ["ada"]}), "3"),
            (Query(equal={"status": []}), "12345"),
            (Query(equal={"system_tags": ["archived", "hidden"]}), "45"),
            (Query(order_by=[("started", False)]), "21345"),
            (Query(order_by=[("started", True)]), "12345"),
            (Query(order_by=[("status", True), ("name", False)]), "25431"),
            (Query(order_by=[("project.name", True), ("tags", True), ("name", True)], limit=2), "42"),
            (Query(order_by=[("last_metrics.{}.{}.max", True)]), "12345"),
            (Query(offset=1, limit=2), "23"),
            (Query(offset=4, limit=9), "5"),
        ],
    )
    def test_by_columns(self, listed: Store, other: Store, query: Query, found: str) -> None:
        """Conditions, order, ties by id, pages; unknown fields of an order are passed over."""
        for view in (listed, other):
            assert "".join(task.id for task in view.tasks.find(query)) == found

    def test_the_count_knows_no_page(self, listed: Store) -> None:
        """It is that of all tasks that match."""
        assert listed.tasks.count(Query(name="exp", offset=1, limit=1)) == 3

    def test_many_ids_at_once(self, listed: Store) -> None:
        """More than a database takes as parameters of a statement."""
        ids = [str(number) for number in range(100_000)]

        assert len(listed.tasks.find(Query(ids=ids))) == 5

    @pytest.mark.parametrize(
        ("query", "named"),
        [
            (Query(name="(unclosed"), r"name.*\(unclosed"),
            (Query(equal={"no_such": ["x"]}), "no_such"),
            (Query(equal={"runtime": ["x"]}), "runtime"),
        ],
    )
    def test_a_bad_query_is_explained(self, listed: Store, query: Query, named: str) -> None:
        """The sentence names the field, whether rows or their number are asked for."""
        for ask in (listed.tasks.find, listed.tasks.count):
            with pytest.raises(BadQueryError, match=named):
                ask(query)
