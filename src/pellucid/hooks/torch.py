"""``torch``: weights that are saved and loaded, plain or as TorchScript (sdk-surface §4.19)."""

from __future__ import annotations

from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of

FRAMEWORK: Final = "PyTorch"
_NAME: Final = "torch"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``save`` and ``load``.

    Args:
        library: the imported ``torch``.
        sink: whom to report to.
    """
    places = (library, library.jit)
    return all_of(
        *(saves(_NAME, place, "save", File(1, "f"), sink, FRAMEWORK) for place in places),
        *(loads(_NAME, place, "load", File(0, "f"), sink, FRAMEWORK) for place in places),
        saves(_NAME, library.jit.RecursiveScriptModule, "save", File(1, "f"), sink, FRAMEWORK),
    )
