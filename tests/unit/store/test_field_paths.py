"""Dotted paths."""

from __future__ import annotations

import pytest

from pellucid.store.field_paths import split_path


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("status", ("status",)),
        ("execution.queue", ("execution", "queue")),
        ("hyperparams.Args.lr.value", ("hyperparams", "Args", "lr", "value")),
        ("hyperparams.Args.model.layers.0.value", ("hyperparams", "Args", "model.layers.0", "value")),
        ("hyperparams.Args.model%2Elr.value", ("hyperparams", "Args", "model.lr", "value")),
        ("hyperparams.Args.%24x%%.value", ("hyperparams", "Args", "$x%", "value")),
        ("hyperparams.Args.%_a%_%_b.value", ("hyperparams", "Args", "_a__b", "value")),
        ("hyperparams.Args", ("hyperparams", "Args")),
        ("configuration.a.yaml.value", ("configuration", "a.yaml", "value")),
        ("runtime.a.b/c", ("runtime", "a.b/c")),
        ("execution.parameters.Args/a.b", ("execution", "parameters", "Args/a.b")),
        ("models.input.model", ("models", "input", "model")),
    ],
)
def test_names_with_dots(path: str, parts: tuple[str, ...]) -> None:
    """Escaped or not."""
    assert split_path(path) == parts
