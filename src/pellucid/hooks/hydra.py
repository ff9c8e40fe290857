"""Hydra: the composed configuration, and what the command line overrides in it (sdk-surface M30, M31, §4.8).

What runs for each job is put behind a callable of ours, which a launcher may send to another process. Under an agent
the task's overrides are added to those that were typed; its configuration object takes the place of the composed one if
the switch on the task says so.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import HYDRA, OMEGACONF, Argument, CommandLineSink, CommandLineSinkOfTheDay
from pellucid.hooks.wrapping import Undo, all_of, wrap

_KIND: Final = "OmegaConf YAML"
_EDITABLE: Final = "_allow_omegaconf_edit_"
"""Switch on the task: whether its configuration object is used as it stands there."""

_NAME: Final = "hydra"
_MODE: Final = "hydra.mode="
"""Hydra adds it by itself."""

_sink: CommandLineSinkOfTheDay | None = None
"""Not part of the callable, as that may be pickled; in a process that nobody patched there is none."""


def patch(library: Any, sink: CommandLineSinkOfTheDay) -> Undo:
    """Observe runs and multi-runs.

    Args:
        library: the imported ``hydra._internal.hydra``.
        sink: whom to report to.
    """
    global _sink
    _sink = sink

    def run(
        original: Callable[..., Any],
        self: Any,
        config_name: Any,
        task_function: Callable[[Any], Any],
        overrides: list[str],
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        with guarded(_NAME):
            overrides = _with_task(self.config_loader, sink().argument_overrides(HYDRA), overrides)
        return original(self, config_name, _Observed(task_function), overrides, *args, **kwargs)

    return all_of(wrap(library.Hydra, "run", run), wrap(library.Hydra, "multirun", run))


class _Observed:
    """What runs for a job: reports its configuration, then calls the program."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function
        functools.update_wrapper(self, function)

    def __call__(self, config: Any) -> Any:
        with guarded(_NAME):
            if _sink is not None:
                config = _report(config, _sink())
        return self._function(config)


def _report(config: Any, sink: CommandLineSink) -> Any:
    """Report a job's configuration; returns the one to be used."""
    conf = sys.modules["omegaconf"].OmegaConf
    job = sys.modules["hydra.core.hydra_config"].HydraConfig.get()
    given = [*job.overrides.task, *(one for one in job.overrides.hydra if not one.startswith(_MODE))]
    sink.report_arguments([*_parsed(given, job.runtime.choices), Argument(_EDITABLE, False)], HYDRA)
    if sink.argument_overrides(HYDRA).get(_EDITABLE, "").lower() == "true":
        text = sink.configuration_override(OMEGACONF)
        if text is not None:
            return conf.create(text)
    sink.report_configuration(OMEGACONF, _text(conf, config), _KIND)
    return config


def _text(conf: Any, config: Any) -> str:
    try:
        return str(conf.to_yaml(config, resolve=True))
    except Exception:  # noqa: BLE001 - resolvers are the program's; one may not be meant to be called yet
        return str(conf.to_yaml(config))


def _parsed(overrides: Iterable[str], groups: Iterable[str]) -> Iterator[Argument]:
    """Overrides by what they override; of a plus, what a group of files needs to be added again is kept."""
    for override in overrides:
        name, _, text = override.partition("=")
        bare = name.lstrip("+")
        yield Argument(f"+{bare}" if bare in groups and bare != name else bare, text)


def _with_task(loader: Any, stored: Mapping[str, str], overrides: list[str]) -> list[str]:
    """The task's overrides, but for those that somebody has typed."""
    if not stored:
        return overrides
    # The others come from the task as well, as an argument of Hydra's own parser.
    typed = [override for override in overrides if override in sys.argv]
    given = {override.partition("=")[0].lstrip("+") for override in typed}
    names = [name for name in stored if name != _EDITABLE and name.lstrip("+") not in given]
    return [*typed, *(_override(loader, name, stored[name]) for name in names)]


def _override(loader: Any, name: str, text: str) -> str:
    if name.startswith("~"):
        return f"{name}={text}" if text else name
    is_choice = name.startswith("+") or loader.get_group_options(name.partition("@")[0])
    return f"{name}={text}" if is_choice else f"++{name}={text}"
