"""``joblib``: models of scikit-learn and others that are dumped and loaded with it (sdk-surface §4.19)."""

from __future__ import annotations

from typing import Any, Final

from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of

_NAME: Final = "joblib"
_FRAMEWORKS: Final = {"sklearn": "ScikitLearn", "xgboost": "XGBoost", "lightgbm": "LightGBM", "catboost": "CatBoost"}


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``dump`` and ``load``.

    Args:
        library: the imported ``joblib``.
        sink: whom to report to.
    """
    return all_of(
        saves(_NAME, library, "dump", File(1, "filename"), sink, lambda args, _: _framework_of(args[0] if args else 0)),
        loads(_NAME, library, "load", File(0, "filename"), sink, lambda _, loaded: _framework_of(loaded)),
    )


def _framework_of(value: Any) -> str:
    """By the package that its type is from; scikit-learn's for the program's own, as estimators may be."""
    return _FRAMEWORKS.get(type(value).__module__.partition(".")[0], _FRAMEWORKS["sklearn"])
