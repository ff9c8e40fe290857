"""Offline sessions of the ``clearml`` package, written here by the protocol's words (§5.4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pellucid.base.errors import UsageError
from pellucid.base.ids import is_id
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.uploader.clearml_session import ClearmlSession
from pellucid.uploader.shipment import Shipment
from pellucid.uploader.sync import ship_all

HEX = "0123456789abcdef" * 2
OFFLINE = f"offline-{HEX}"
FOLDER = f"vision/first.{OFFLINE}"


def write_session(session: Path, **changes: Any) -> Path:
    """A session that was made in somebody's cache: an artifact in it and one elsewhere, a line, points, an image."""
    made_at = f"/home/somebody/.clearml/cache/offline/{OFFLINE}/data/{FOLDER}"
    (session / "data" / FOLDER / "artifacts" / "table").mkdir(parents=True)
    (session / "data" / FOLDER / "artifacts" / "table" / "t.csv").write_text("a,b\n")
    (session / "data" / FOLDER / "metrics").mkdir()
    (session / "data" / FOLDER / "metrics" / "i.png").write_bytes(b"png")
    document = {
        "id": OFFLINE,
        "name": "first",
        "type": "training",
        "project_name": "vision",
        "tags": ["blue"],
        "hyperparams": {"General": {"lr": {"section": "General", "name": "lr", "value": "0.1", "type": "float"}}},
        "configuration": {"conf": {"name": "conf", "value": "a = 1", "type": "dictionary"}},
        "execution": {
            "artifacts": [
                {"key": "table", "type": "custom", "mode": "output", "uri": f"{made_at}/artifacts/table/t.csv"},
                {"key": "far", "type": "custom", "mode": "output", "uri": "s3://bucket/x"},
                {"key": "gone", "type": "custom", "mode": "output", "uri": f"{made_at}/artifacts/gone/g.csv"},
                {"key": "up", "type": "custom", "mode": "output", "uri": f"/x/{OFFLINE}/data/../task.json"},
            ]
        },
        "offline_folder": f"/home/somebody/.clearml/cache/offline/{OFFLINE}",
        "offline_output_models": [],
        **changes,
    }
    (session / "task.json").write_text(json.dumps(document))
    line = {"timestamp": 5, "type": "log", "task": OFFLINE, "level": "info", "worker": "w", "msg": "hello"}
    (session / "log.jsonl").write_text(json.dumps([{**line, "method": "get"}]) + "\n")
    point = {"timestamp": 7, "type": "training_stats_scalar", "task": OFFLINE, "metric": "loss", "variant": "train"}
    image = {"type": "training_debug_image", "task": OFFLINE, "iter": 2, "metric": "img", "variant": "i"}
    image |= {"key": f"{FOLDER}/metrics/i.png", "url": f"{made_at}/metrics/i.png"}
    plot = {"type": "plot", "task": OFFLINE, "iter": 0, "metric": "p", "variant": "v", "plot_str": "{}"}
    layout = {"layout": {"images": [{"source": f"{made_at}/metrics/i.png"}]}}
    metrics = [
        [{**point, "iter": 0, "value": 0.5}, {**point, "iter": 1, "value": float("nan")}],
        [image, plot, {**plot, "plot_str": json.dumps(layout)}],
    ]
    (session / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in metrics))
    return session


def ship(session: Path, tracker: FakeTracker, *, merge: bool = False) -> list[str]:
    """Make it a run and ship that; returns what was left out, or refused."""
    left_out: list[str] = []
    ClearmlSession(session).write_run(left_out.append, merge=merge)
    shipment = Shipment(session, tracker.connection)
    ship_all(shipment)
    return left_out + shipment.progress.refused


@pytest.fixture
def ready(tracker: FakeTracker) -> FakeTracker:
    """A tracker that takes files, events and parameters."""
    tracker.server.answer("PUT")
    for action in ("events.add", "tasks.edit_hyper_params", "tasks.edit_configuration"):
        tracker.server.answer(action)
    return tracker


def test_everything_arrives(tmp_path: Path, ready: FakeTracker) -> None:
    """Under the id without its mark, with the addresses of the server's files."""
    left_out = ship(write_session(tmp_path / "session"), ready)

    created = ready.body("tasks.create")
    assert (created["id"], created["name"], created["tags"]) == (HEX, "first", ["blue"])
    assert set(created) >= {"hyperparams", "configuration", "project"}
    artifacts = [
        json.loads(request.body)["artifacts"][0] for request in ready.server.calls("tasks.add_or_update_artifacts")
    ]
    files = f"{ready.server.url}/files"
    assert {one["key"]: one["uri"] for one in artifacts} == {
        "table": f"{files}/vision/first.{HEX}/artifacts/table/t.csv",
        "far": "s3://bucket/x",
    }
    assert [event.msg for event in ready.events if event.type == "log"] == ["hello"]
    assert [(point[2], str(point[3])) for point in ready.points] == [(0, "0.5"), (1, "nan")]
    image, plot = (json.loads(request.body) for request in ready.server.calls("events.add"))
    assert image["url"] == f"{files}/vision/first.{HEX}/metrics/i.png"
    assert json.loads(plot["plot_str"])["layout"]["images"][0]["source"] == image["url"]
    assert [request.body for request in ready.server.requests if request.method == "PUT"] == [b"a,b\n", b"png"]
    assert ready.actions[-1] == "tasks.completed"
    assert ["'gone'" in left_out[0], "'up'" in left_out[1], len(left_out)] == [True, True, 2]


def test_what_goes_into_another_task_is_merged(tmp_path: Path, ready: FakeTracker) -> None:
    """Its other parameters stay."""
    ship(write_session(tmp_path / "session"), ready, merge=True)

    assert "replace_hyperparams" not in ready.body("tasks.edit_hyper_params")
    assert ready.body("tasks.edit_configuration")["replace_configuration"] == "none"


def test_a_line_that_is_cut_off_harms_only_itself(tmp_path: Path, ready: FakeTracker) -> None:
    """And a file may be missing: the session was killed."""
    session = write_session(tmp_path / "session")
    (session / "log.jsonl").unlink()
    with (session / "metrics.jsonl").open("a") as file:
        file.write('[{"type": "training_sta')

    (sentence,) = [text for text in ship(session, ready) if "artifact" not in text]
    assert "metrics.jsonl, line 3 is not imported" in sentence
    assert len(ready.points) == 2


def test_models(tmp_path: Path, ready: FakeTracker) -> None:
    """With their files, or where they are; one whose file is gone is told of."""
    made_at = f"/home/somebody/.clearml/cache/offline/{OFFLINE}/models"
    documents = [
        {"id": "offline-1", "init": {"name": "net"}, "weights": {"weights_filename": f"{made_at}/w.pt"}},
        {"id": "offline-2", "init": {"name": "far"}, "weights": {"register_uri": "s3://bucket/w.pt"}},
        {"id": "offline-3", "init": {"name": "gone"}, "weights": {"weights_filename": f"{made_at}/gone.pt"}},
    ]
    session = write_session(tmp_path / "session", offline_output_models=documents)
    (session / "models").mkdir()
    (session / "models" / "w.pt").write_bytes(b"weights")
    for action in ("models.create", "tasks.add_or_update_model"):
        ready.server.answer(action)
    left_out = ship(session, ready)

    created = {one["name"]: one for one in map(json.loads, (call.body for call in ready.server.calls("models.create")))}
    files = f"{ready.server.url}/files/vision/first.{HEX}"
    assert {name: one["uri"] for name, one in created.items()} == {
        "net": f"{files}/models/w.pt",
        "far": "s3://bucket/w.pt",
    }
    listed = [json.loads(call.body) for call in ready.server.calls("tasks.add_or_update_model")]
    assert {one["name"]: one["model"] for one in listed} == {name: one["id"] for name, one in created.items()}
    assert sum("'gone'" in sentence and "model" in sentence for sentence in left_out) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"id'])
def test_a_document_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    """With the path of the file."""
    (tmp_path / "task.json").write_text(content)
    with pytest.raises(UsageError, match=r"task\.json"):
        ClearmlSession(tmp_path)


def test_any_id_makes_an_id(tmp_path: Path) -> None:
    """Always the same one."""
    first, second = (
        ClearmlSession(write_session(tmp_path / name, id="offline-of another kind")).task for name in ("a", "b")
    )

    assert first == second
    assert is_id(first)
