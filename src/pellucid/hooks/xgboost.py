"""``xgboost``: boosters that are saved and loaded, the parameters and the metrics of training (sdk-surface §4.19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.training_parameters import TrainingParameters
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of, wrap

_FRAMEWORK: Final = "XGBoost"
_NAME: Final = "xgboost"
_FILE: Final = File(1, "fname")


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe boosters, which the classes in scikit-learn's style have inside.

    Args:
        library: the imported ``xgboost``.
        sink: whom to report to.
    """

    def after_iteration(
        original: Callable[..., Any], self: Any, model: Any, epoch: int, *args: Any, **kwargs: Any
    ) -> Any:
        result = original(self, model, epoch, *args, **kwargs)
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None:
                for data, metrics in self.history.items():
                    for metric, values in metrics.items():
                        # With cross-validation it is a mean and a deviation.
                        value = values[-1][0] if isinstance(values[-1], tuple) else values[-1]
                        receiver.report_scalar(metric, data, value, epoch)
        return result

    parameters = TrainingParameters(_NAME, _FRAMEWORK, sink)
    return all_of(
        saves(_NAME, library.Booster, "save_model", _FILE, sink, _FRAMEWORK),
        loads(_NAME, library.Booster, "load_model", _FILE, sink, _FRAMEWORK),
        wrap(library.callback.CallbackContainer, "after_iteration", after_iteration),
        wrap(library, "train", parameters.around),
        wrap(library.sklearn, "train", parameters.around),
        wrap(library, "cv", parameters.around),
    )
