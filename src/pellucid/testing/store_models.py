"""What every store must do with models: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pellucid.store.api import Store
from pellucid.store.conditions import Has, Without
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import Query
from pellucid.testing.store_samples import (
    LATER,
    NOON,
    a_plot,
    a_task,
    curve_of,
    points,
    slots,
    summary_of,
    without_writer,
)


def a_model(model: str = "model", **fields: Any) -> ModelRecord:
    """A model whose id and name are the same, unless told otherwise."""
    minimal = ModelRecord(
        id=model, name=model, uri=f"file:///{model}", created=NOON, last_update=NOON, last_change=NOON
    )
    return replace(minimal, **fields)


class ModelReportTests:
    """What models report by themselves."""

    @pytest.fixture
    def model(self, store: Store) -> str:
        """The id of a stored model that has reported nothing."""
        store.models.create(a_model())
        return "model"

    def test_a_model_reports_like_a_task(self, store: Store, other: Store, model: str, task: str) -> None:
        """Points, with their summaries, and plots; nobody else has any of it."""
        store.events.append(model, [points(slots([3.0, 1.0])), without_writer(a_plot(7))], LATER)

        assert curve_of(other, model) == [(0, 3.0), (1, 1.0)]
        assert summary_of(other, model).least == 1.0
        assert other.events.find(model) == [a_plot(7)]
        record = other.models.get(model)
        assert (record.last_iteration, record.last_update, record.last_change) == (7, LATER, LATER)
        assert (other.events.summaries([task]), other.events.count(task)) == ({}, 0)
        assert other.tasks.get(task).last_iteration == 0

    def test_a_model_s_points_are_sorted(self, store: Store, model: str, task: str) -> None:
        """As those of tasks are."""
        store.events.append(model, [points(slots([2.0, 3.0]))], NOON)
        store.events.append(task, [points(slots([1.0]))], NOON)
        assert {each.task: each.points for each in store.events.backlog()} == {model: 2, task: 1}

        while store.events.compact(model):
            pass

        assert [each.task for each in store.events.backlog()] == [task]
        assert curve_of(store, model) == [(0, 2.0), (1, 3.0)]

    def test_a_model_that_is_gone_leaves_nothing(self, store: Store, model: str) -> None:
        """Deleted by itself, or along with its task; nothing can be added to it, and one of the same id is new."""
        store.tasks.create(a_task("maker"))
        store.models.create(a_model("second", task="maker"))
        for each in (model, "second"):
            store.events.append(each, [points(slots([1.0])), without_writer(a_plot(1))], NOON)
        store.models.delete(model, lambda _: None)
        store.tasks.delete("maker", lambda _: None, NOON, models=True)

        for each in (model, "second"):
            assert (store.events.summaries([each]), store.events.count(each), store.events.backlog()) == ({}, 0, [])
            with pytest.raises(NotFoundError):
                store.events.append(each, [points(slots([1.0]))], NOON)

    def test_reports_of_a_model_are_forgotten(self, store: Store, model: str) -> None:
        """If nothing speaks against it."""
        store.events.append(model, [points(slots([1.0])), without_writer(a_plot(1))], NOON)

        def refuse(_: ModelRecord) -> None:
            raise NotFoundError("model", "this one is published")

        with pytest.raises(NotFoundError, match="published"):
            store.events.clear_model(model, refuse)
        assert store.events.count(model) == 1
        assert store.events.clear_model(model, lambda _: None).anything
        assert not store.events.clear_model(model, lambda _: None).anything
        assert (store.events.summaries([model]), store.events.count(model)) == ({}, 0)
        with pytest.raises(NotFoundError, match="model 'none'"):
            store.events.clear_model("none", lambda _: None)


class ModelTests:
    """Models."""

    def test_a_model_comes_back_as_it_was(self, store: Store, other: Store) -> None:
        """Every field; the task and the parent need not exist."""
        project = store.projects.create("vision", user="ada", now=NOON)
        full = a_model(
            "full", name="ünï ✓", project=project.id, parent="gone", task="gone", user="ada", comment="why",
            framework="PyTorch", ready=True, last_update=LATER, last_iteration=2**40, tags=["b", "a"],
            system_tags=["archived"], design={"design": "text"}, labels={"cat": 1}, metadata={"k": {"value": "v"}},
        )  # fmt: skip
        store.models.create(full)

        assert other.models.get("full") == full

    def test_what_cannot_be_created(self, store: Store) -> None:
        """A second model with the same id, and one of an unknown project."""
        store.models.create(a_model(comment="first"))

        with pytest.raises(AlreadyExistsError, match="model"):
            store.models.create(a_model(comment="second"))
        with pytest.raises(NotFoundError, match="project 'none'"):
            store.models.create(a_model("other", project="none"))
        assert store.models.find(Query()) == [a_model(comment="first")]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (Query(), "123"),
            (Query(name="net"), "12"),
            (Query(equal={"task": ["t"]}), "23"),
            (Query(equal={"uri": ["file:///1"]}), "1"),
            (Query(equal={"framework": ["PyTorch", "ONNX"]}), "13"),
            (Query(equal={"ready": ["true"]}), "2"),
            (Query(equal={"ready": ["false"]}), "13"),
            (Query(where=(Has("tags", ("a",)), Without(Has("tags", ("b",))))), "1"),
            (Query(order_by=[("created", True)]), "312"),
            (Query(order_by=[("ready", True)], limit=1), "2"),
        ],
    )
    def test_models_are_found(self, store: Store, query: Query, found: str) -> None:
        """By the columns that people search, in order, by page; and counted."""
        store.models.create(a_model("1", name="net one", framework="PyTorch", tags=["a"]))
        store.models.create(a_model("2", name="net two", task="t", ready=True, tags=["a", "b"]))
        store.models.create(a_model("3", name="tree", task="t", framework="ONNX", created=LATER))

        assert "".join(model.id for model in store.models.find(query)) == found
        if not query.order_by:
            assert store.models.count(query) == len(found)

    def test_a_model_is_updated(self, store: Store, other: Store) -> None:
        """The change is stored and returned; a refused one changes nothing."""
        store.models.create(a_model())

        changed = store.models.update("model", lambda old: replace(old, ready=True, labels={"cat": 1}))
        assert changed == other.models.get("model") == a_model(ready=True, labels={"cat": 1})
        with pytest.raises(NotFoundError, match="project"):
            store.models.update("model", lambda old: replace(old, project="none"))
        assert store.models.get("model") == changed

    def test_a_model_is_deleted_if_it_passes(self, store: Store, other: Store) -> None:
        """What the check raises comes out, and the model stays."""
        store.models.create(a_model())

        def refuse(model: ModelRecord) -> None:
            raise ArithmeticError(model.id)

        with pytest.raises(ArithmeticError, match="model"):
            store.models.delete("model", refuse)
        assert store.models.delete("model", lambda _: None) == a_model()
        with pytest.raises(NotFoundError):
            other.models.get("model")

    @pytest.mark.parametrize(
        "ask",
        [
            lambda store: store.models.get("none"),
            lambda store: store.models.update("none", lambda old: old),
            lambda store: store.models.delete("none", lambda _: None),
        ],
    )
    def test_an_unknown_model_is_named(self, store: Store, ask: Any) -> None:
        """By every method that takes one."""
        with pytest.raises(NotFoundError, match="model 'none'"):
            ask(store)

    def test_the_tasks_that_use_a_model(self, store: Store) -> None:
        """As input or output; ids that begin alike are others."""
        for task, models in (
            ("1", {"input": [{"name": "w", "model": "abc"}]}),
            ("2", {"output": [{"name": "w", "model": "abc"}]}),
            ("3", {"input": [{"name": "abcd", "model": "abcd"}]}),
            ("4", {}),
        ):
            store.tasks.create(a_task(task, models=models))

        assert [task.id for task in store.models.tasks_using("abc")] == ["1", "2"]
        assert store.models.tasks_using("a%c") == []

    def test_the_frameworks_in_use(self, store: Store) -> None:
        """Each once, of all projects or of some."""
        project = store.projects.create("vision", user="ada", now=NOON)
        for number, (framework, of) in enumerate(
            [("PyTorch", None), ("ONNX", project.id), ("PyTorch", None), ("", None)]
        ):
            store.models.create(a_model(str(number), framework=framework, project=of))

        assert store.models.frameworks() == ["ONNX", "PyTorch"]
        assert store.models.frameworks([project.id]) == ["ONNX"]
