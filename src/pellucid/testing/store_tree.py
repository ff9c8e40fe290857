"""How every store keeps the tree of projects, and counts what is in it: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError, BadQueryError, NotFoundError
from pellucid.store.model_records import ModelRecord
from pellucid.store.project_tree import Branch
from pellucid.store.records import ProjectRecord, Query
from pellucid.testing.store_samples import LATER, NOON, a_task, points


def _named(store: Store, name: str) -> ProjectRecord:
    (found,) = store.projects.find(Query(equal={"name": [name]}))
    return found


def _names(store: Store) -> list[str]:
    return [project.name for project in store.projects.find(Query())]


class TreeTests:
    """Branches of the tree of projects."""

    @pytest.fixture
    def tree(self, store: Store) -> Store:
        """Two branches, with tasks and models in them."""
        for name in ("a/b/c", "a/bc", "x/c"):
            store.projects.create(name, user="ada", now=NOON)
        for task, project in (("1", "a/b"), ("2", "a/b/c"), ("3", "a/b/c")):
            store.tasks.create(a_task(task, project=_named(store, project).id))
        store.models.create(
            ModelRecord(
                id="m", name="m", uri="u", project=_named(store, "a/b").id, created=NOON, last_update=NOON,
                last_change=NOON, metadata={"k": {"key": "k", "type": "str", "value": "v"}},
            )
        )  # fmt: skip
        return store

    @pytest.mark.parametrize(
        ("to", "names"),
        [
            ("a/new", ["a", "a/bc", "a/new", "a/new/c", "x", "x/c"]),
            ("top", ["a", "a/bc", "top", "top/c", "x", "x/c"]),
            ("x/y/b", ["a", "a/bc", "x", "x/c", "x/y", "x/y/b", "x/y/b/c"]),
        ],
    )
    def test_descendants_follow_a_project(self, tree: Store, other: Store, to: str, names: list[str]) -> None:
        """To another name or place; the ids of their ancestors agree with their names."""
        moved = _named(tree, "a/b")

        changed = tree.projects.update(moved.id, lambda old: replace(old, name=to, last_update=LATER))

        assert changed == other.projects.get(moved.id)
        assert _names(other) == names
        for project in other.projects.find(Query()):
            above = [other.projects.get(key) for key in project.path]
            assert project.name == "/".join([each.basename for each in above] + [project.basename])
            assert project.parent == (above[-1].id if above else None)

    @pytest.mark.parametrize(("to", "error"), [("a/b/c/d", BadQueryError), ("x/c", AlreadyExistsError)])
    def test_a_project_cannot_be_put_anywhere(self, tree: Store, to: str, error: type[Exception]) -> None:
        """Not below itself, nor in another one's place; nothing changes then."""
        before = tree.projects.find(Query())

        with pytest.raises(error):
            tree.projects.update(_named(tree, "a/b").id, lambda old: replace(old, name=to))
        assert tree.projects.find(Query()) == before

    def test_a_branch_is_removed(self, tree: Store, other: Store) -> None:
        """Tasks and models in it stay, in no project."""
        assert tree.projects.delete(_named(tree, "a/b").id) == Branch(projects=2, tasks=3, models=1)

        assert _names(other) == ["a", "a/bc", "x", "x/c"]
        assert [task.project for task in other.tasks.find(Query())] == [None, None, None]
        assert other.models.get("m").project is None

    def test_a_project_is_merged_into_another(self, tree: Store, other: Store) -> None:
        """With its tasks, models and children."""
        source, into = _named(tree, "a/b"), _named(tree, "a/bc")

        assert tree.projects.merge(source.id, into.id) == Branch(projects=1, tasks=1, models=1)

        assert _names(other) == ["a", "a/bc", "a/bc/c", "x", "x/c"]
        assert other.tasks.get("1").project == into.id
        assert other.models.get("m").project == into.id
        assert other.projects.get(other.tasks.get("2").project or "").path == [*into.path, into.id]

    @pytest.mark.parametrize(("into", "error"), [("x", AlreadyExistsError), ("a/b/c", BadQueryError)])
    def test_a_merge_may_be_impossible(self, tree: Store, into: str, error: type[Exception]) -> None:
        """When both have a child of one name, or one is below the other; nothing changes then."""
        before = tree.projects.find(Query())

        with pytest.raises(error):
            tree.projects.merge(_named(tree, "a/b").id, _named(tree, into).id)
        assert tree.projects.find(Query()) == before
        assert tree.tasks.get("1").project == _named(tree, "a/b").id

    def test_unknown_projects_are_named(self, tree: Store) -> None:
        """Whether they are to go, or to be merged."""
        with pytest.raises(NotFoundError, match="none"):
            tree.projects.delete("none")
        with pytest.raises(NotFoundError, match="none"):
            tree.projects.merge(_named(tree, "a").id, "none")

    def test_tasks_and_models_are_counted(self, tree: Store) -> None:
        """By status, and whether they are archived."""
        tree.tasks.update("3", lambda old: replace(old, system_tags=["archived"], active_duration=7))
        tree.tasks.update("2", lambda old: replace(old, status="failed", last_update=LATER))
        ids = {_named(tree, name).id: name for name in ("a/b", "a/b/c", "x")}

        counts = [
            (ids[each.project], each.status, each.archived, each.count, each.seconds, each.last_update)
            for each in tree.tasks.counts(ids)
        ]
        assert sorted(counts) == [
            ("a/b", "created", False, 1, 0, NOON),
            ("a/b/c", "created", True, 1, 7, NOON),
            ("a/b/c", "failed", False, 1, 0, LATER),
        ]
        assert tree.models.counts(ids) == {_named(tree, "a/b").id: 1}

    def test_what_tasks_have_in_common(self, tree: Store) -> None:
        """Names and values, each once, in order."""
        hyperparams = {"A.rgs": {"l.r": {"section": "A.rgs", "name": "l.r", "value": "1"}}}
        for task in ("1", "2"):
            tree.tasks.update(task, lambda old: replace(old, hyperparams=hyperparams, tags=["t", "s"]))
            tree.events.append(task, [points([(0, 0, 1.0, 1), (0, 0, 1.0, 2)])], NOON)
        query, nothing = Query(ids=["1", "2", "3"]), Query(ids=["3"])

        assert tree.tasks.parameter_names(query) == [("A.rgs", "l.r")]
        assert tree.tasks.metric_names(query) == [("loss", "test"), ("loss", "train")]
        assert tree.tasks.values("tags", query) == ["s", "t"]
        assert tree.tasks.values("status", query) == ["created"]
        assert tree.tasks.values("hyperparams.A%2Ergs.l%2Er.value", query) == ["1"]
        assert tree.models.metadata_keys(Query()) == ["k"]
        assert (tree.tasks.parameter_names(nothing), tree.tasks.metric_names(nothing)) == ([], [])
        assert len(tree.projects.values("path", Query())) == 3
