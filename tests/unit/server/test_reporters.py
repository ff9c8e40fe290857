"""What models report by themselves, through every endpoint that knows models (protocol §2.6)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def model(api: Api) -> str:
    """The id of a model that has reported a curve, a single value and a plot."""
    model = str(api.data("models.create", {"name": "net", "uri": "file:///w", "ready": False})["id"])
    reported: list[dict[str, Any]] = [
        {"type": "training_stats_scalar", "metric": "loss", "variant": "test", "iter": 3, "value": 0.5},
        {"type": "training_stats_scalar", "metric": "loss", "variant": "test", "iter": 4, "value": 0.25},
        {"type": "training_stats_scalar", "metric": "Summary", "variant": "best", "iter": -(2**31), "value": 0.9},
        {"type": "plot", "metric": "confusion", "variant": "test", "iter": 4, "plot_str": "{}"},
        {"type": "training_debug_image", "metric": "seen", "variant": "a", "iter": 4, "url": "https://example.com/a"},
        {"type": "training_stats_vector", "metric": "vector", "variant": "a", "iter": 4, "values": [1.0]},
    ]
    lines = "\n".join(json.dumps({**event, "task": model, "model_event": True}) for event in reported)
    answer = api.data("events.add_batch", content=lines.encode(), headers={"Content-Type": "application/json-lines"})
    assert (answer["added"], answer["errors"]) == (len(reported), 0)
    return model


@pytest.mark.parametrize(
    ("endpoint", "request_", "expected"),
    [
        (
            "events.scalar_metrics_iter_histogram",
            {"task": "MODEL"},
            {"loss": {"test": {"name": "test", "x": [3, 4], "y": [0.5, 0.25]}}},
        ),
        (
            "events.multi_task_scalar_metrics_iter_histogram",
            {"tasks": ["MODEL"]},
            {"metrics": {"loss": {"test": {"MODEL": {"name": "net", "x": [3, 4], "y": [0.5, 0.25]}}}}},
        ),
        ("events.scalar_metrics_iter_raw", {"task": "MODEL", "metric": {"metric": "loss"}}, {"returned": 2}),
        ("events.get_scalar_metric_data", {"task": "MODEL", "metric": "loss"}, {"returned": 2}),
        ("events.get_task_events", {"task": "MODEL"}, {"returned": 5}),
        ("events.get_task_plots", {"task": "MODEL"}, {"returned": 1, "total": 1}),
        ("events.get_multi_task_plots", {"tasks": ["MODEL"]}, {"returned": 1}),
        ("events.get_scalar_metrics_and_variants", {"task": "MODEL"}, {"metrics": {"loss": ["test"]}}),
        ("events.get_vector_metrics_and_variants", {"task": "MODEL"}, {"metrics": {"vector": ["a"]}}),
        (
            "events.vector_metrics_iter_histogram",
            {"task": "MODEL", "metric": "vector", "variant": "a"},
            {"iterations": [4], "vectors": [[1.0]]},
        ),
        ("events.get_debug_image_sample", {"task": "MODEL", "metric": "seen", "variant": "a"}, {"max_iteration": 4}),
        ("events.get_plot_sample", {"task": "MODEL", "metric": "confusion"}, {"max_iteration": 4}),
    ],
)
def test_what_a_model_has_reported_is_read_back(
    api: Api, model: str, endpoint: str, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    """With ``model_events``; without it, there is no such task."""
    body = json.loads(json.dumps(request_).replace("MODEL", model))
    found = api.data(endpoint, {**body, "model_events": True})
    wanted = json.loads(json.dumps(expected).replace("MODEL", model))
    found = found if "Summary" not in found.get("metrics", {}) else {"metrics": {"loss": found["metrics"]["loss"]}}

    assert _part(found, wanted) == wanted
    assert api.code(endpoint, body)[:2] == (400, 101)


def _part(found: Any, wanted: Any) -> Any:
    """As much of an answer as is asked for."""
    if isinstance(wanted, dict):
        return {key: _part(found[key], value) for key, value in wanted.items()}
    return found


def test_names_and_samples(api: Api, model: str) -> None:
    """By title, by series, by iteration."""
    body = {"tasks": [model], "model_events": True, "event_type": "training_debug_image"}
    assert api.data("events.get_task_metrics", body)["metrics"] == [{"task": model, "metrics": ["seen"]}]
    images = api.data("events.debug_images", {"metrics": [{"task": model, "metric": "seen"}], "model_events": True})
    (event,) = images["metrics"][0]["iterations"][0]["events"]
    assert (event["task"], event["url"]) == (model, "https://example.com/a")
    (single,) = api.data("events.get_task_single_value_metrics", {"tasks": [model], "model_events": True})["tasks"]
    assert (single["task_name"], single["values"][0]["value"]) == ("net", 0.9)
    assert api.data("models.get_by_id", {"model": model})["model"]["last_iteration"] == 4


def test_names_of_scalars_of_all_models(api: Api) -> None:
    """Of a project, as comparisons of models want them."""
    project = api.data("projects.create", {"name": new_id()})["id"]
    for title in ("loss", "accuracy"):
        model = api.data("models.create", {"name": "net", "uri": "", "project": project, "ready": False})["id"]
        assert add(api, task=model, model_event=True, metric=title)[0] == 200

    found = api.data("projects.get_unique_metric_variants", {"project": project, "model_metrics": True})["metrics"]
    assert [(one["metric"], one["variant"]) for one in found] == [("accuracy", "test"), ("loss", "test")]
    assert api.data("projects.get_unique_metric_variants", {"project": project})["metrics"] == []


def add(api: Api, **event: Any) -> tuple[int, int, str]:
    """Report one point; returns code, subcode and message."""
    point = {"type": "training_stats_scalar", "metric": "loss", "variant": "test", "iter": 9, "value": 1.0}
    return api.code("events.add", {**point, **event})


def test_a_published_model_reports_nothing_more(api: Api, model: str) -> None:
    """Unless whoever reports says that he knows."""
    api.data("models.set_ready", {"model": model})

    assert add(api, task=model, model_event=True) == (400, 131, f"Events not added: model {model} is published")
    assert api.code("events.delete_for_model", {"model": model})[:2] == (400, 203)
    api.data("events.add", {"type": "plot", "task": model, "model_event": True, "allow_locked": True, "plot_str": "1"})
    assert api.data("events.delete_for_model", {"model": model, "allow_locked": True})["deleted"] is True
    assert api.data("events.delete_for_model", {"model": model, "allow_locked": True})["deleted"] is False


def test_tasks_and_models_are_told_apart(api: Api, model: str) -> None:
    """A model is no task, a task no model, and neither has an id of the other."""
    task = api.task()

    assert add(api, task=model)[:2] == (400, 131)
    assert add(api, task=task, model_event=True)[:2] == (400, 131)
    assert add(api, task=new_id(), model_event=True)[:2] == (400, 131)
    assert api.code("models.create", {"id": task, "name": "net", "uri": ""})[:2] == (400, 12)
    assert api.code("tasks.create", {"id": model, "name": "net", "type": "training"})[:2] == (400, 12)


def test_what_a_model_reported_goes_with_it(api: Api, model: str) -> None:
    """There is nothing to be found any more."""
    api.data("models.delete", {"model": model})

    assert api.code("events.get_task_plots", {"task": model, "model_events": True})[:2] == (400, 201)
