"""``plotly``: figures that are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "plotly"
_SERIES: Final = "plot"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``plotly.io.show``, which ``Figure.show`` ends in.

    Args:
        library: the imported ``plotly.io``.
        sink: whom to report to.
    """

    def show(original: Callable[..., Any], fig: Any, *args: Any, **kwargs: Any) -> Any:
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None:
                receiver.report_plot(_title(fig), _SERIES, fig, receiver.last_iteration())
        return original(fig, *args, **kwargs)

    return wrap(library, "show", show)


def _title(figure: Any) -> str:
    """The figure's title as plain text."""
    content = figure if isinstance(figure, Mapping) else figure.to_dict()
    title = (content.get("layout") or {}).get("title") or "untitled"
    return title if isinstance(title, str) else title.get("text") or "untitled"
