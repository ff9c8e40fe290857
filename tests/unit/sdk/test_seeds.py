"""Tests of ``pellucid.sdk.seeds``."""

from __future__ import annotations

import random
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pellucid import Task, UsageError
from pellucid.sdk.seeds import set_seeds

pytestmark = pytest.mark.usefixtures("configured")


def new_task() -> Task:
    """A new task."""
    return Task.init("sdk tests", "seeded", reuse_last_task_id=False)


def test_m10_m157_m158_m159_m160_random_generators_are_seeded() -> None:
    """With 1337 unless the program says otherwise (sdk-surface §4.23)."""
    new_task().close()
    assert random.random() == 0.6177528569514706
    assert np.random.rand() == 0.2620246750155817

    Task.set_random_seed(7)
    task = new_task()
    assert (task.get_random_seed(), random.random()) == (7, random.Random(7).random())
    task.close()

    Task.set_random_seed(None)
    random.seed(0)
    new_task()
    assert random.random() == random.Random(0).random()


def test_m156_libraries_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Are seeded as well, and none is imported for it; one that fails stops nothing."""
    seeds: dict[str, int] = {}

    def no_luck(seed: int) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(manual_seed=lambda seed: seeds.update(torch=seed)))
    tensorflow: Any = SimpleNamespace(random=SimpleNamespace(set_seed=lambda seed: seeds.update(tensorflow=seed)))
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)
    set_seeds(1337)
    assert seeds == {"torch": 1337, "tensorflow": 1337}

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(manual_seed=no_luck))
    monkeypatch.delitem(sys.modules, "tensorflow")
    set_seeds(1337)
    assert "tensorflow" not in sys.modules
    assert random.random() == 0.6177528569514706


def test_m156_torch_is_seeded() -> None:
    """The real one: the first number is that of its own call."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(1337)
    expected = torch.rand(1).item()
    new_task()

    assert torch.rand(1).item() == expected


def test_m158_m159_m160_what_can_be_a_seed() -> None:
    """An integer; yes and no stand for the usual one and for none."""
    for given, seed in ((5, 5), (0, 0), (True, 1337), (None, None), (False, None)):
        Task.set_random_seed(given)
        assert Task.get_random_seed() == seed
    for wrong in (-1, 1.5, "1"):
        with pytest.raises(UsageError, match="random_seed is"):
            Task.set_random_seed(wrong)  # type: ignore[arg-type]
