"""``catboost``: models that are saved and loaded, the parameters and the metrics of training (sdk-surface §4.19).

The metrics come when the training is done: a callback during it is refused on GPUs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.training_parameters import TrainingParameters
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of, wrap

_FRAMEWORK: Final = "CatBoost"
_NAME: Final = "catboost"
_FILE: Final = File(1, "fname")


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``CatBoost``, which all its models are.

    Args:
        library: the imported ``catboost``.
        sink: whom to report to.
    """

    parameters = TrainingParameters(_NAME, _FRAMEWORK, sink)

    def fit(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
        with guarded(_NAME):
            given = self.get_params()
            used = parameters.of(given)
            if used != given:
                self.set_params(**used)
        result = original(self, *args, **kwargs)
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None:
                for data, metrics in self.get_evals_result().items():
                    for metric, values in metrics.items():
                        for iteration, value in enumerate(values):
                            receiver.report_scalar(metric, data, value, iteration)
        return result

    return all_of(
        saves(_NAME, library.CatBoost, "save_model", _FILE, sink, _FRAMEWORK),
        loads(_NAME, library.CatBoost, "load_model", _FILE, sink, _FRAMEWORK),
        wrap(library.CatBoost, "_fit", fit),
    )
