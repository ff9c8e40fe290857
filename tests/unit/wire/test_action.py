"""Requests and responses on the wire."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import msgspec
import pytest

import pellucid.wire
from pellucid.wire import tasks
from pellucid.wire.action import Action


def all_actions() -> list[Action[Any, Any]]:
    """Every endpoint that the wire package declares."""
    modules = [
        importlib.import_module(f"pellucid.wire.{found.name}") for found in pkgutil.iter_modules(pellucid.wire.__path__)
    ]
    return [value for module in modules for value in vars(module).values() if isinstance(value, Action)]


def test_each_name_is_declared_once() -> None:
    """Two actions of one name would be two endpoints at one address."""
    names = [action.name for action in all_actions()]

    assert len(names) > 20
    assert sorted(names) == sorted(set(names))


def test_what_is_absent_is_not_sent() -> None:
    """Servers read ``null`` as absent, but older ones do not."""
    assert msgspec.json.encode(tasks.ChangeStatus(task="x")) == b'{"task":"x"}'


@pytest.mark.parametrize("stray", ['"method":"get"', '"future":{"deep":[1]}'])
def test_stray_keys_are_ignored(stray: str) -> None:
    """Existing clients send keys that nobody asked for (protocol §1.2)."""
    body = f'{{"task":"x",{stray},"force":true}}'.encode()

    assert msgspec.json.decode(body, type=tasks.ChangeStatus) == tasks.ChangeStatus(task="x", force=True)
