"""``matplotlib``: figures that are shown or saved (sdk-surface §4.9), and so those of ``seaborn``.

Simple ones as figures of Plotly, the others as pictures.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from pellucid.hooks.guard import guarded
from pellucid.hooks.matplotlib_interactive import interactive
from pellucid.hooks.presentation import presentation
from pellucid.hooks.sink import LibrarySink, LibrarySinkOfTheDay
from pellucid.hooks.wrapping import Undo, all_of, wrap

if TYPE_CHECKING:
    # The library is handed in, never imported.
    from matplotlib.figure import Figure

_NAME: Final = "matplotlib"
_INTERACTIVE: Final = "plot"
_PICTURE: Final = "plot image"
_drawing = threading.local()


def patch_figure(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``Figure.savefig`` and ``Figure.show``.

    Args:
        library: the imported ``matplotlib.figure``.
        sink: whom to report to.
    """

    def savefig(original: Callable[..., Any], self: Figure, fname: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, fname, *args, **kwargs)
        if isinstance(fname, str | Path):
            _report(self, sink)
        return result

    def show(original: Callable[..., Any], self: Figure, *args: Any, **kwargs: Any) -> Any:
        _report(self, sink)
        return original(self, *args, **kwargs)

    return all_of(wrap(library.Figure, "savefig", savefig), wrap(library.Figure, "show", show))


def patch_pyplot(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``pyplot.show``, which shows all open figures.

    Args:
        library: the imported ``matplotlib.pyplot``.
        sink: whom to report to.
    """

    def show(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Before, as a window may keep the call waiting, and closing it closes the figure.
        with guarded(_NAME):
            present = library.gcf().number if library.get_fignums() else None
            for number in library.get_fignums():
                _report(library.figure(number), sink)
            if present is not None:
                library.figure(present)  # the current one, as it was
        return original(*args, **kwargs)

    return wrap(library, "show", show)


def _report(figure: Figure, sink: LibrarySinkOfTheDay) -> None:
    if getattr(_drawing, "now", False):  # it is us who save it, or it is saved while it is shown
        return
    with guarded(_NAME), _as_drawing():
        receiver = sink()
        if receiver is not None:
            _history_of(receiver).report(figure)


@contextmanager
def _as_drawing() -> Iterator[None]:
    _drawing.now = True
    try:
        yield
    finally:
        _drawing.now = False


class _History:
    """Which figures one run has."""

    def __init__(self, reports: LibrarySink) -> None:
        self.reports = reports
        self._last: WeakKeyDictionary[Figure, bytes] = WeakKeyDictionary()
        self._titles: Counter[tuple[str, int]] = Counter()
        self._untitled: WeakKeyDictionary[Figure, str] = WeakKeyDictionary()

    def report(self, figure: Figure) -> None:
        """Report a figure, unless it looks as it did the last time."""
        plot = None if presentation.static_figures else interactive(figure)
        content = _picture_of(figure) if plot is None else json.dumps(plot).encode()
        looks = hashlib.blake2b(content).digest()
        if self._last.get(figure) == looks:
            return
        self._last[figure] = looks
        title, iteration = self._title(figure), self.reports.last_iteration()
        repeated = self._titles[title, iteration]
        self._titles[title, iteration] += 1
        name = f"{title}/{repeated}" if repeated else title
        if plot is not None:
            self.reports.report_plot(name, _INTERACTIVE, plot, iteration)
            return
        is_picture = any(axes.images for axes in figure.axes)
        send = self.reports.report_sample if is_picture else self.reports.report_picture_plot
        send(name, _PICTURE, content, ".png", iteration)

    def _title(self, figure: Figure) -> str:
        titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
        named = next((title for title in titles if title), None)
        return named or self._untitled.setdefault(figure, f"untitled {len(self._untitled):02d}")


def _picture_of(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


_history: _History | None = None


def _history_of(reports: LibrarySink) -> _History:
    global _history
    if _history is None or _history.reports is not reports:
        _history = _History(reports)
    return _history
