"""How every store finds tasks by what is inside their documents: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pellucid.store.api import Store
from pellucid.store.conditions import Compares, Condition, Every, Has, Matches, Some, Without
from pellucid.store.errors import BadQueryError
from pellucid.store.records import Query
from pellucid.store.series import md5
from pellucid.testing.store_samples import LATER, NOON, a_task, points


def _parameter(name: str, value: str) -> dict[str, Any]:
    return {"Args": {name: {"section": "Args", "name": name, "value": value}}}


_LOSS = f"last_metrics.{md5('loss')}.{md5('train')}"


class DocumentSearchTests:
    """Conditions and orders over the fields of documents."""

    @pytest.fixture
    def documents(self, store: Store) -> Store:
        """Five tasks: one without anything, and four with something of everything."""
        for task in (
            a_task("0"),
            a_task("1", comment="first", hyperparams=_parameter("lr", "9"), runtime={"progress": "9", "ok": True}),
            a_task("2", hyperparams=_parameter("lr", "10"), runtime={"a.b": 5, "ü": "ö"}, last_iteration=7),
            a_task("3", hyperparams=_parameter("lr", "1e-3"), started=LATER, tags=["x"], active_duration=60),
            a_task(
                "4", hyperparams=_parameter("lr", "auto"), models={"input": [{"name": "n", "model": "m1"}]},
                parent="1", execution={"queue": "q", "artifacts": [{"key": "data"}]}, system_tags=["archived"],
            ),
        ):  # fmt: skip
            store.tasks.create(task)
        store.events.append("1", [points([(0, 0, 0.5, 1), (1, 1, 1.5, 1)])], NOON)
        store.events.append("2", [points([(0, 0, 3.0, 1)])], NOON)
        return store

    @pytest.mark.parametrize(
        ("condition", "found"),
        [
            (Has("hyperparams.Args.lr.value", ("9", "10")), "12"),
            (Has("hyperparams.Args.lr.value", (None,)), "0"),
            (Without(Has("hyperparams.Args.lr.value", ("9",))), "0234"),
            (Has("runtime.a.b", ("5",)), "2"),
            (Has("runtime.a%2Eb", ("5",)), "2"),
            (Has("runtime.ü", ("ö",)), "2"),
            (Has("runtime.ok", ("true",)), "1"),
            (Has("runtime.no such \"key'", ("x", None)), "01234"),
            (Has("models.input.model", ("m1", "m2")), "4"),
            (Has("models.input.model", (None,)), "0123"),
            (Has("execution.artifacts.key", ("data",)), "4"),
            (Has("execution.queue", ("q",)), "4"),
            (Has("parent", (None,)), "0123"),
            (Has("parent", (None, "1")), "01234"),
            (Without(Has("parent", ("1",))), "0123"),
            (Has("tags", ("x", "y")), "3"),
            (Has("tags", (None,)), "0124"),
            (Has("last_iteration", ("7", "8")), "2"),
            (Has("last_iteration", ("1e300", "7.5")), ""),
            (Has(f"{_LOSS}.value", (None,)), "034"),
            (Has("tags", ()), ""),
            (Matches("comment", "^fir.t$"), "1"),
            (Matches("tags", "(?i)X"), "3"),
            (Matches("hyperparams.Args.lr.value", r"^\d+$"), "12"),
            (Matches("execution.artifacts.key", "da"), "4"),
            (Compares("started", ">=", LATER), "3"),
            (Compares("started", ">", LATER), ""),
            (Compares("created", "<=", NOON), "01234"),
            (Compares("created", "<", NOON - timedelta(microseconds=1)), ""),
            (Compares("active_duration", ">", 59.5), "3"),
            (Compares("last_iteration", "<", 1), "034"),
            (Compares("hyperparams.Args.lr.value", "<", 9.5), "13"),
            (Compares(f"{_LOSS}.value", ">", 1.0), "12"),
            (Compares(f"{_LOSS}.min_value", "<=", 0.5), "1"),
            (Compares(f"{_LOSS}.mean_value", "<=", 1.0), "1"),
            (Every((Has("tags", (None,)), Without(Has("system_tags", ("archived",))))), "012"),
            (Some((Has("tags", ("x",)), Has("parent", ("1",)))), "34"),
            (Some(()), ""),
            (Every(()), "01234"),
        ],
    )
    def test_by_condition(self, documents: Store, condition: Condition, found: str) -> None:
        """Of columns, of what is inside documents and lists, and of metrics; what has no value equals nothing."""
        query = Query(where=(condition,))

        assert "".join(task.id for task in documents.tasks.find(query)) == found
        assert documents.tasks.count(query) == len(found)

    @pytest.mark.parametrize(
        ("order_by", "found"),
        [
            ([("hyperparams.Args.lr.value", False)], "31240"),
            ([("hyperparams.Args.lr.value", True)], "42130"),
            ([("runtime.progress", True)], "10234"),
            ([(f"{_LOSS}.value", False)], "12034"),
            ([(f"{_LOSS}.max_value", True)], "21034"),
            ([(f"{_LOSS}.mean_value", True), ("id", True)], "21430"),
            ([("last_iteration", True)], "21034"),
            ([("models.input.model", True), ("id", True)], "43210"),
            ([("hyperparams.{}.garbled", False)], "01234"),
            ([("@text_score", False)], "01234"),
        ],
    )
    def test_in_order(self, documents: Store, order_by: list[tuple[str, bool]], found: str) -> None:
        """Texts that are numbers by their value, before others; rows without a value last in either direction."""
        assert "".join(task.id for task in documents.tasks.find(Query(order_by=order_by))) == found

    @pytest.mark.parametrize(
        ("query", "named"),
        [
            (Query(where=(Has("nonsense", ("x",)),)), "nonsense"),
            (Query(where=(Has("hyperparams", ("x",)),)), "hyperparams"),
            (Query(where=(Has("created", ("x",)),)), "created is a moment"),
            (Query(where=(Has("last_iteration", ("x",)),)), "last_iteration: 'x' is no number"),
            (Query(where=(Has("last_iteration", ("nan",)),)), "last_iteration: 'nan' is no number"),
            (Query(where=(Matches("comment", "(a"),)), r"comment: '\(a' is not a regular expression"),
            (Query(where=(Matches("last_iteration", "1"),)), "last_iteration holds no text"),
            (Query(where=(Compares("name", ">", 1),)), "name is not compared with a number"),
            (Query(where=(Compares("last_iteration", ">", NOON),)), "last_iteration is not compared with a moment"),
        ],
    )
    def test_what_makes_no_sense_is_explained(self, documents: Store, query: Query, named: str) -> None:
        """The sentence names the field."""
        with pytest.raises(BadQueryError, match=named):
            documents.tasks.count(query)

    def test_an_order_by_no_field_is_explained(self, documents: Store) -> None:
        """So that a misspelt name is noticed."""
        with pytest.raises(BadQueryError, match=r"order_by.*nonsense"):
            documents.tasks.find(Query(order_by=[("nonsense", False)]))

    @pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a?){60}a{60}", ".*.*.*.*.*x"])
    def test_no_expression_takes_for_ever(self, store: Store, pattern: str) -> None:
        """Engines that try one way after the other would not end within a lifetime."""
        store.tasks.create(a_task(name="a" * 50 + "!"))

        assert store.tasks.find(Query(name=pattern)) == []

    @pytest.mark.parametrize(
        ("pattern", "text"),
        [
            (r"^exp\ one\.\#\-$", "exp one.#-"),
            (r"\bone\b", "exp one two"),
            (r"^pl(| #\d+)$", "pl #12"),
            ("^a.b$", "aöb"),
            (r"^[^a-c\d~]", "x"),
            (r"[\]\\-]", "\\"),
            (r"(?i)ÜBER", "über"),
            (r"a{2,3}$", "aaa\n"),
            (r"{", "a{1"),
            (r"^(?:a|b|)$", ""),
            ("(?s)a.b", "a\nb"),
        ],
    )
    def test_one_dialect_on_every_database(self, store: Store, pattern: str, text: str) -> None:
        """What Python finds."""
        store.tasks.create(a_task("found", comment=text))
        store.tasks.create(a_task("other", comment="~\n~"))
        query = Query(where=(Matches("comment", pattern),))

        assert [task.id for task in store.tasks.find(query)] == ["found"]
