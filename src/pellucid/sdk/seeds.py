"""A fixed seed for the random generators of a run (seed, Setting Random Seed; sdk-surface §4.23)."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any, Final

from pellucid.base.log import trouble

DEFAULT_SEED: Final = 1337

_SEEDERS: Final[dict[str, Callable[[Any, int], object]]] = {
    "numpy": lambda numpy, seed: numpy.random.seed(seed % 2**32),
    "torch": lambda torch, seed: torch.manual_seed(seed),
    "tensorflow": lambda tensorflow, seed: tensorflow.random.set_seed(seed),
}


def set_seeds(seed: int) -> None:
    """Seed ``random`` and those libraries that the program has imported; none is imported for it."""
    random.seed(seed)
    for name, set_seed in _SEEDERS.items():
        library = sys.modules.get(name)
        if library is not None:
            try:
                set_seed(library, seed)
            except Exception as error:  # noqa: BLE001 - third-party code, perhaps half imported
                trouble(f"seed.{name}", f"The random generator of {name} is not seeded; the program goes on.", error)
