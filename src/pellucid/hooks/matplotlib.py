"""``matplotlib``: figures that are shown or saved (sdk-surface §4.9), and so those of ``seaborn``."""

from __future__ import annotations

import functools
import hashlib
import io
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySink, LibrarySinkOfTheDay

if TYPE_CHECKING:
    # The library is handed in, never imported.
    from matplotlib.figure import Figure

_NAME: Final = "matplotlib"
_SERIES: Final = "plot image"
_drawing = threading.local()


def patch_figure(library: Any, sink: LibrarySinkOfTheDay) -> Callable[[], None]:
    """Observe ``Figure.savefig`` and ``Figure.show``.

    Args:
        library: the imported ``matplotlib.figure``.
        sink: whom to report to.
    """
    figure_class = library.Figure
    save, show = figure_class.savefig, figure_class.show

    @functools.wraps(save)
    def savefig(self: Figure, fname: Any, *args: Any, **kwargs: Any) -> Any:
        result = save(self, fname, *args, **kwargs)
        if isinstance(fname, str | Path):
            _report(self, save, sink)
        return result

    @functools.wraps(show)
    def shown(self: Figure, *args: Any, **kwargs: Any) -> Any:
        _report(self, save, sink)
        return show(self, *args, **kwargs)

    figure_class.savefig, figure_class.show = savefig, shown

    def undo() -> None:
        if figure_class.savefig is savefig:
            figure_class.savefig = save
        if figure_class.show is shown:
            figure_class.show = show

    return undo


def patch_pyplot(library: Any, sink: LibrarySinkOfTheDay) -> Callable[[], None]:
    """Observe ``pyplot.show``, which shows all open figures.

    Args:
        library: the imported ``matplotlib.pyplot``.
        sink: whom to report to.
    """
    show = library.show

    @functools.wraps(show)
    def shown(*args: Any, **kwargs: Any) -> Any:
        # Before, as a window may keep the call waiting, and closing it closes the figure.
        with guarded(_NAME):
            for number in library.get_fignums():
                figure = library.figure(number)
                _report(figure, type(figure).savefig, sink)
        return show(*args, **kwargs)

    library.show = shown

    def undo() -> None:
        if library.show is shown:
            library.show = show

    return undo


def _report(figure: Figure, save: Callable[..., Any], sink: LibrarySinkOfTheDay) -> None:
    if getattr(_drawing, "now", False):  # it is us who save it, or it is saved while it is shown
        return
    with guarded(_NAME), _as_drawing():
        receiver = sink()
        if receiver is not None:
            _history_of(receiver).report(figure, save)


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

    def report(self, figure: Figure, save: Callable[..., Any]) -> None:
        """Report a figure, unless it looks as it did the last time."""
        file = io.BytesIO()
        save(figure, file, format="png", bbox_inches="tight")
        picture = file.getvalue()
        looks = hashlib.blake2b(picture).digest()
        if self._last.get(figure) == looks:
            return
        self._last[figure] = looks
        title, iteration = self._title(figure), self.reports.last_iteration()
        repeated = self._titles[title, iteration]
        self._titles[title, iteration] += 1
        name = f"{title}/{repeated}" if repeated else title
        is_picture = any(axes.images for axes in figure.axes)
        send = self.reports.report_sample if is_picture else self.reports.report_picture_plot
        send(name, _SERIES, picture, ".png", iteration)

    def _title(self, figure: Figure) -> str:
        titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
        named = next((title for title in titles if title), None)
        return named or self._untitled.setdefault(figure, f"untitled {len(self._untitled):02d}")


_history: _History | None = None


def _history_of(reports: LibrarySink) -> _History:
    global _history
    if _history is None or _history.reports is not reports:
        _history = _History(reports)
    return _history
