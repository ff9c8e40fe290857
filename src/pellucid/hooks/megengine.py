"""``megengine``: weights that are saved and loaded (sdk-surface §4.19).

Written after its documentation and not run: it has no release for the Pythons that we support.
"""

from __future__ import annotations

from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of

_FRAMEWORK: Final = "MegEngine"
_NAME: Final = "megengine"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``save`` and ``load``.

    Args:
        library: the imported ``megengine``.
        sink: whom to report to.
    """
    return all_of(
        saves(_NAME, library, "save", File(1, "f"), sink, _FRAMEWORK),
        loads(_NAME, library, "load", File(0, "f"), sink, _FRAMEWORK),
    )
