"""Metadata of models: texts by key, read back as what they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid import Model, OutputModel, Task, UsageError


@pytest.fixture
def model(configured: Path) -> OutputModel:
    """A model of a running task."""
    Task.init("sdk tests/models", "metadata", reuse_last_task_id=False, auto_connect_streams=False)
    return OutputModel(name="net")


def test_metadata_comes_back(model: OutputModel) -> None:
    """As texts, or as values of their own types; here, and from the server."""
    assert model.set_metadata("accuracy", 0.5)
    assert model.set_metadata("epochs", "3", "int")
    assert model.set_metadata("layers", [1, 2], list)
    assert model.set_metadata("note", "text")
    task = Task.current_task()
    assert task is not None
    assert task.flush(wait_for_uploads=True)

    for seen in (model, Model(model.id)):
        assert (seen.get_metadata("accuracy"), seen.get_metadata("none")) == ("0.5", None)
        assert seen.get_all_metadata()["epochs"] == {"key": "epochs", "type": "int", "value": "3"}
        assert (seen.get_metadata_casted("epochs"), seen.get_metadata_casted("none")) == (3, None)
        assert seen.get_all_metadata_casted() == {"accuracy": 0.5, "epochs": 3, "layers": [1, 2], "note": "text"}


def test_all_metadata_at_once(model: OutputModel) -> None:
    """In place of what there was, or beside it."""
    model.set_metadata("old", 1)
    model.set_all_metadata({"a": 1, "b": {"value": "2.5", "type": "float"}}, replace=False)
    assert model.get_all_metadata_casted() == {"old": 1, "a": 1, "b": 2.5}

    model.set_all_metadata({"c": {"x": 1}})
    assert model.get_all_metadata_casted() == {"c": {"x": 1}}
    task = Task.current_task()
    assert task is not None
    assert task.flush(wait_for_uploads=True)
    assert Model(model.id).get_all_metadata() == model.get_all_metadata()


def test_bad_metadata(model: OutputModel) -> None:
    """Nothing of it is set."""
    with pytest.raises(UsageError, match="key is 3"):
        model.set_metadata(3, "x")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(UsageError, match="v_type is 3"):
        model.set_metadata("a", "x", 3)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(UsageError, match="metadata is 3"):
        model.set_all_metadata(3)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(UsageError, match="key is ''"):
        model.set_all_metadata({"a": 1, "": 2})

    assert model.get_all_metadata() == {}
