"""``transformers``: what a ``Trainer`` logs, and models in Hugging Face's form (seed, Automatic Logging)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.torch import FRAMEWORK
from pellucid.hooks.weights import File, loads, saves
from pellucid.hooks.wrapping import Undo, all_of, wrap

_NAME: Final = "transformers"
_EVALUATION: Final = "eval_"


def patch_trainer(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe what a ``Trainer`` logs, and its checkpoints: each folder is one model.

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

    def checkpoint(args: Sequence[Any], kwargs: Mapping[str, Any], _: Any) -> Any:
        trainer, *rest = args
        trial = kwargs.get("trial", rest[1] if len(rest) > 1 else None)
        name = f"{library.PREFIX_CHECKPOINT_DIR}-{trainer.state.global_step}"
        return os.path.join(trainer._get_output_dir(trial=trial), name)

    def folder(args: Sequence[Any], kwargs: Mapping[str, Any], _: Any) -> Any:
        trainer, *rest = args
        return kwargs.get("output_dir", rest[0] if rest else None) or trainer.args.output_dir

    return all_of(
        wrap(library.Trainer, "log", log),
        saves(_NAME, library.Trainer, "_save_checkpoint", checkpoint, sink, FRAMEWORK),
        saves(_NAME, library.Trainer, "save_model", folder, sink, FRAMEWORK),
    )


def patch_models(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe models that are saved and loaded: the folder is one model; a name on a hub is none.

    Args:
        library: the imported ``transformers.modeling_utils``.
        sink: whom to report to.
    """
    models = library.PreTrainedModel
    return all_of(
        saves(_NAME, models, "save_pretrained", File(1, "save_directory"), sink, FRAMEWORK),
        loads(_NAME, models, "from_pretrained", File(1, "pretrained_model_name_or_path"), sink, FRAMEWORK),
    )
