"""``safetensors``: files of tensors that are saved and loaded, in each of its modules."""

from __future__ import annotations

from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of

_FRAMEWORKS: Final = {
    "safetensors.torch": "PyTorch",
    "safetensors.tensorflow": "TensorFlow",
    "safetensors.flax": "Flax",
    "safetensors.numpy": None,
}
"""What a module's files are of."""

_NAME: Final = "safetensors"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``save_file`` and ``load_file``.

    Args:
        library: one of the imported modules.
        sink: whom to report to.
    """
    framework = _FRAMEWORKS[library.__name__]
    return all_of(
        saves(_NAME, library, "save_file", File(1, "filename"), sink, framework),
        loads(_NAME, library, "load_file", File(0, "filename"), sink, framework),
    )
