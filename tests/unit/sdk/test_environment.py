"""Tests of ``pellucid.sdk.environment``."""

from __future__ import annotations

import pytest

from pellucid.sdk.environment import environment_parameters

ENVIRON = {"CUDA_HOME": "/cuda", "CUDA_VERSION": "12", "HOME": "/home/ada", "CLEARML_API_SECRET_KEY": "secret"}


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ([], []),
        (["HOME"], ["HOME"]),
        (["CUDA_*", "HOME"], ["CUDA_HOME", "CUDA_VERSION", "HOME"]),
        (["*"], ["CUDA_HOME", "CUDA_VERSION", "HOME"]),
        (["CLEARML_API_SECRET_KEY"], ["CLEARML_API_SECRET_KEY"]),
    ],
)
def test_what_is_allowed_is_recorded(patterns: list[str], names: list[str]) -> None:
    """By name or wildcard; our own keys by their full names only."""
    found = list(environment_parameters(patterns, ENVIRON))
    assert [(one.section, one.name, one.value) for one in found] == [
        ("Environment", name, ENVIRON[name]) for name in names
    ]
