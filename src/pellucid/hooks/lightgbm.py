"""``lightgbm``: boosters that are saved and loaded, the parameters and the metrics of training (sdk-surface §4.19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.training_parameters import TrainingParameters
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of, wrap

_FRAMEWORK: Final = "LightGBM"
_NAME: Final = "lightgbm"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe boosters, which the classes in scikit-learn's style have inside.

    Args:
        library: the imported ``lightgbm``.
        sink: whom to report to.
    """

    def evaluate(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
        results = original(self, *args, **kwargs)
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None:
                iteration = self.current_iteration() - 1
                for data, metric, value, *_ in results:
                    receiver.report_scalar(metric, data, value, iteration)
        return results

    parameters = TrainingParameters(_NAME, _FRAMEWORK, sink)
    return all_of(
        saves(_NAME, library.Booster, "save_model", File(1, "filename"), sink, _FRAMEWORK),
        loads(_NAME, library.Booster, "__init__", File(3, "model_file"), sink, _FRAMEWORK),
        wrap(library.Booster, "eval_train", evaluate),
        wrap(library.Booster, "eval_valid", evaluate),
        wrap(library, "train", parameters.around),
        wrap(library.sklearn, "train", parameters.around),
        wrap(library, "cv", parameters.around),
    )
