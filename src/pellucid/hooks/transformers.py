"""``transformers``: what a ``Trainer`` logs, and models in Hugging Face's form (seed, Automatic Logging)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.torch import FRAMEWORK
from pellucid.hooks.weights import path_of
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "transformers"
_EVALUATION: Final = "eval_"


def patch_trainer(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``Trainer.log``.

    Args:
        library: the imported ``transformers.trainer``.
        sink: whom to report to.
    """

    def log(original: Callable[..., Any], self: Any, logs: Any, *args: Any, **kwargs: Any) -> Any:
        with guarded(_NAME):
            receiver = sink()
            if receiver is not None and self.is_world_process_zero():
                for name, value in logs.items():
                    if isinstance(value, int | float):
                        series = "eval" if name.startswith(_EVALUATION) else "train"
                        receiver.report_scalar(name.removeprefix(_EVALUATION), series, value, self.state.global_step)
        return original(self, logs, *args, **kwargs)

    return wrap(library.Trainer, "log", log)


def patch_models(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe ``PreTrainedModel.save_pretrained``: the folder is one model.

    Args:
        library: the imported ``transformers.modeling_utils``.
        sink: whom to report to.
    """

    def save_pretrained(original: Callable[..., Any], self: Any, save_directory: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, save_directory, *args, **kwargs)
        with guarded(_NAME):
            receiver, path = sink(), path_of(save_directory)
            if receiver is not None and path is not None and kwargs.get("is_main_process", True):
                receiver.model_saved(path, FRAMEWORK)
        return result

    return wrap(library.PreTrainedModel, "save_pretrained", save_pretrained)
