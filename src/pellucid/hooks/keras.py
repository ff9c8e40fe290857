"""``keras``: models and weights that are saved and loaded, and what ``fit`` logs after each epoch (sdk-surface §4.19).

Keras 3, whatever its backend; ``tf.keras`` is that since TensorFlow 2.16.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of, wrap

_FRAMEWORK: Final = "Keras"
_NAME: Final = "keras"
_VALIDATION: Final = "val_"
_FILE: Final = "filepath"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe models, loading, and the callbacks of training.

    Args:
        library: the imported ``keras``.
        sink: whom to report to.
    """

    def on_epoch_end(
        original: Callable[..., Any], self: Any, epoch: int, logs: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None:
                for name, value in (logs or {}).items():
                    series = "validation" if name.startswith(_VALIDATION) else "train"
                    receiver.report_scalar(name.removeprefix(_VALIDATION), series, float(value), epoch)
        return original(self, epoch, logs, *args, **kwargs)

    method, function = File(1, _FILE), File(0, _FILE)
    return all_of(
        saves(_NAME, library.Model, "save", method, sink, _FRAMEWORK),
        saves(_NAME, library.Model, "save_weights", method, sink, _FRAMEWORK),
        loads(_NAME, library.Model, "load_weights", method, sink, _FRAMEWORK),
        loads(_NAME, library.saving, "load_model", function, sink, _FRAMEWORK),
        loads(_NAME, library.models, "load_model", function, sink, _FRAMEWORK),
        wrap(library.callbacks.CallbackList, "on_epoch_end", on_epoch_end),
    )
