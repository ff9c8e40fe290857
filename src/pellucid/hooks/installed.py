"""The hooks of this release.

Those on command lines are put in when ``Task`` is imported, as a parser may parse before ``Task.init``; those on other
libraries with a task's sink, and taken out with it. The file of a hook is imported when its library is, as each program
uses few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from pellucid.hooks import argparse
from pellucid.hooks.registry import Patch, Registry
from pellucid.hooks.sink import CommandLineSink, LibrarySink, Sink, SinkOfTheDay
from pellucid.hooks.waiting import waiting
from pellucid.hooks.wrapping import Undo, all_of


def _hook(place: str, *switches: str) -> Patch:
    """A hook that reports only while its switches are on.

    Args:
        place: the file below this folder, with the function behind a colon unless it is ``patch``.
        switches: names in ``auto_connect_frameworks`` (sdk-surface M41, M44).
    """

    def patch(library: Any, sink: SinkOfTheDay) -> Undo:
        def receiver() -> LibrarySink | None:
            found = sink()
            return None if found is None else found.for_library(*switches)

        name, _, function = place.partition(":")
        undo: Undo = getattr(import_module(f"pellucid.hooks.{name}"), function or "patch")(library, receiver)
        return undo

    return patch


def _both(first: Patch, second: Patch) -> Patch:
    """Two hooks on one library, with switches of their own."""

    def patch(library: Any, sink: SinkOfTheDay) -> Undo:
        return all_of(first(library, sink), second(library, sink))

    return patch


def _command_line(name: str) -> Patch:
    """A hook on what parses command lines, which may do so before there is a task.

    Args:
        name: the file in this folder.
    """

    def patch(library: Any, sink: SinkOfTheDay) -> Undo:
        def receiver() -> CommandLineSink:
            return sink() or waiting

        undo: Undo = import_module(f"pellucid.hooks.{name}").patch(library, receiver)
        return undo

    return patch


command_lines: Final = Registry(
    {
        "absl.flags": _command_line("absl"),
        "argparse": argparse.patch,
        "click.core": _command_line("click"),
        "fire.core": _command_line("fire"),
        "hydra._internal.hydra": _command_line("hydra"),
        "jsonargparse._core": _command_line("jsonargparse"),
        "typer._click.core": _command_line("click"),
        "tyro._backends._tyro_backend": _command_line("tyro"),
    }
)
"""By the module whose import makes the hook possible."""

libraries: Final = Registry(
    {
        "catboost": _hook("catboost", "catboost"),
        "fastai.learner": _hook("fastai", "fastai"),
        "ignite.handlers.checkpoint": _hook("ignite", "pytorch"),
        "joblib": _hook("joblib", "joblib", "scikit"),
        "keras": _hook("keras", "tensorflow", "keras"),
        "lightgbm": _hook("lightgbm", "lightgbm"),
        "lightning.pytorch.trainer.trainer": _hook("lightning", "pytorch"),
        "matplotlib.figure": _hook("matplotlib:patch_figure", "matplotlib"),
        "matplotlib.pyplot": _hook("matplotlib:patch_pyplot", "matplotlib"),
        "megengine": _hook("megengine", "megengine"),
        "plotly.io": _hook("plotly", "plotly"),
        "pytorch_lightning.trainer.trainer": _hook("lightning", "pytorch"),
        "safetensors.flax": _hook("safetensors", "safetensors"),
        "safetensors.numpy": _hook("safetensors", "safetensors"),
        "safetensors.tensorflow": _hook("safetensors", "safetensors"),
        "safetensors.torch": _hook("safetensors", "safetensors"),
        "tensorboard.summary.writer.event_file_writer": _hook("tensorboard", "tensorboard"),
        "tensorboardX.event_file_writer": _hook("tensorboard", "tensorboard"),
        "tensorflow": _both(_hook("tensorflow", "tensorflow"), _hook("tensorflow_summaries", "tensorboard")),
        "tensorflow.python.summary.writer.event_file_writer": _hook("tensorboard", "tensorboard"),
        "torch": _hook("torch", "pytorch"),
        "transformers.modeling_utils": _hook("transformers:patch_models", "transformers"),
        "transformers.trainer": _hook("transformers:patch_trainer", "transformers"),
        "ultralytics.engine.trainer": _hook("ultralytics", "pytorch"),
        "xgboost": _hook("xgboost", "xgboost"),
    }
)
"""By the module whose import makes the hook possible."""


def connect_sink(sink: Sink) -> None:
    """Let all hooks report to a sink, beginning with what they saw when there was none."""
    command_lines.sink = libraries.sink = sink
    libraries.install()
    argparse.replay(sink)
    waiting.replay(sink)


def disconnect_sink() -> None:
    """Let hooks report to nobody."""
    command_lines.sink = libraries.sink = None
    libraries.uninstall()
