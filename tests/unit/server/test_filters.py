"""Requests of listings as queries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pellucid.server.errors import ApiError
from pellucid.server.filters import to_query
from pellucid.server.request import to_request
from pellucid.store.conditions import Compares, Every, Has, Matches, Some, Without
from pellucid.wire.query import Query
from pellucid.wire.tasks import GetAll

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def conditions(**given: Any) -> tuple[object, ...]:
    """What a request with these keys looks for."""
    return to_query(to_request(given, GetAll)).where


def test_hidden_rows_are_found_by_id() -> None:
    """Or when asked for."""
    assert not to_query(Query()).hidden
    assert to_query(Query(id="x")).hidden
    assert to_query(Query(search_hidden=True)).hidden


def test_orders_have_directions() -> None:
    """One or several."""
    assert to_query(Query(order_by="-created")).order_by == [("created", True)]
    assert to_query(Query(order_by=["name", "-a.-b"])).order_by == [("name", False), ("a.-b", True)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ()),
        ({"status": "created"}, (Every((Has("status", ("created",)),)),)),
        ({"parent": ["-x"]}, (Every((Without(Has("parent", ("x",))),)),)),
        ({"parent": [None]}, (Every((Has("parent", (None,)),)),)),
        ({"comment": "^a"}, (Matches("comment", "^a"),)),
        ({"last_update": ">2026-01-02T12:00:00+00:00"}, (Every((Compares("last_update", ">", NOON),)),)),
        ({"last_iteration": [3, None]}, (Every((Compares("last_iteration", ">=", 3.0),)),)),
        ({"execution.queue": ["q"]}, (Every((Has("execution.queue", ("q",)),)),)),
        ({"runtime.ok": True}, (Every((Has("runtime.ok", ("true",)),)),)),
        ({"runtime.n": 5}, (Every((Has("runtime.n", ("5",)),)),)),
        ({"last_metrics.a.b.value": [0.5, 1]},
         (Every((Compares("last_metrics.a.b.value", ">=", 0.5), Compares("last_metrics.a.b.value", "<=", 1.0))),)),
        ({"hyperparams.Args.lr.value": {"range": [">0.5", "<=1"]}},
         (Every((Compares("hyperparams.Args.lr.value", ">", 0.5), Compares("hyperparams.Args.lr.value", "<=", 1.0))),)),
        ({"_all_": {"fields": ["name", "runtime.x"], "pattern": "^h$"}},
         (Every((Matches("name", "(?i)^h$"), Matches("runtime.x", "(?i)^h$"))),)),
        ({"_any_": {"fields": ["name"], "pattern": "h"}}, (Some((Matches("name", "(?i)h"),)),)),
        ({"_or_": {"fields": ["last_update", "last_change"], "datetime": [">2026-01-02 12:00"]}},
         (Some((Every((Compares("last_update", ">", NOON),)), Every((Compares("last_change", ">", NOON),)))),)),
        ({"filters": {"tags": {"any": {"include": ["a"]}}}}, (Every((Some((Has("tags", ("a",)),)),)),)),
        ({"search_text": "a.b"}, (Some((Matches("name", r"(?i)a\.b"), Matches("id", r"(?i)a\.b"),
                                        Matches("comment", r"(?i)a\.b"))),)),
    ],
)  # fmt: skip
def test_every_key_is_a_condition(given: dict[str, Any], expected: tuple[object, ...]) -> None:
    """In the language of its kind (protocol §2.0)."""
    assert conditions(**given) == expected


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"status": ["__$strange"]}, r"status: __\$strange"),
        ({"created": ["yesterday"]}, "created: 'yesterday'"),
        ({"created": [None]}, "created: null"),
        ({"created": {"$gt": 1}}, r"created"),
        ({"last_iteration": ">many"}, "last_iteration: 'many'"),
        ({"last_iteration": ["nan", "inf"]}, "last_iteration: 'nan'"),
        ({"runtime.x": [{}]}, r"runtime\.x"),
        ({"last_metrics.a.b.value": {}}, r"last_metrics\.a\.b\.value"),
        ({"_any_": {"fields": "name"}}, "_any_"),
    ],
)
def test_bad_filters_are_told(given: dict[str, Any], named: str) -> None:
    """The sentence names the field."""
    with pytest.raises(ApiError, match=named):
        conditions(**given)
