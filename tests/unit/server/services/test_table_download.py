"""Tables of all that a listing finds."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from tests.unit.server.conftest import Api


def table(api: Api, kind: str, columns: list[dict[str, Any]], **listing: Any) -> list[list[str]]:
    """The rows of a table."""
    body = {"entity_type": kind, "field_mappings": columns, **listing}
    prepared = api.data("organization.prepare_download_for_get_all", body)
    answer = api.call(f"organization.download_for_get_all?prepare_id={prepared['prepare_id']}", method="GET")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


def test_tasks_with_names_for_columns_and_values(api: Api) -> None:
    """Also of what is inside documents; what a spreadsheet would run is a text."""
    project = api.data("projects.create", {"name": "tables", "description": ""})["id"]
    parameters = {"Args": {"lr": {"section": "Args", "name": "lr", "value": "0.1"}}}
    api.task(name="=1+1", project=project, tags=["a", "b"], hyperparams=parameters)
    api.task(name="second", project=project)
    columns: list[dict[str, Any]] = [
        {"field": "name", "name": "Task"},
        {"field": "project"},
        {"field": "status", "values": [{"key": "created", "value": "Draft"}]},
        {"field": "tags"},
        {"field": "hyperparams.Args.lr.value", "name": "lr"},
    ]
    assert table(api, "task", columns, project=[project], order_by=["created"]) == [
        ["Task", "project", "status", "tags", "lr"],
        ["'=1+1", "tables", "Draft", '["a", "b"]', "0.1"],
        ["second", "tables", "Draft", "[]", ""],
    ]


def test_more_than_a_page(api: Api) -> None:
    """All of them, each once."""
    for number in range(501):
        api.data("models.create", {"name": f"model {number}", "uri": f"file:///table/{number}", "tags": ["many"]})
    rows = table(api, "model", [{"field": "name"}], tags=["many"])
    assert sorted(row[0] for row in rows[1:]) == sorted(f"model {number}" for number in range(501))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"entity_type": "task"}, 11),
        ({"entity_type": "user", "field_mappings": [{"field": "name"}]}, 12),
        ({"entity_type": "task", "field_mappings": []}, 12),
        ({"entity_type": "task", "field_mappings": [{"field": "name"}], "name": "("}, 12),
    ],
)
def test_what_can_t_be_prepared(api: Api, body: dict[str, Any], code: int) -> None:
    """Is told before there is a table."""
    assert api.code("organization.prepare_download_for_get_all", body)[:2] == (400, code)


def test_an_id_that_was_never_prepared(api: Api) -> None:
    """Is none."""
    assert api.code("organization.download_for_get_all", {"prepare_id": "AAAA"})[:2] == (400, 1104)
