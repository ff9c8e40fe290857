"""``absl.flags``, which are TensorFlow's definitions, too (sdk-surface M29, §4.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import DEFINITIONS, Argument, CommandLineSinkOfTheDay
from pellucid.hooks.texts import items, says
from pellucid.hooks.wrapping import Undo, wrap

_NAME: Final = "absl"


def patch(library: Any, sink: CommandLineSinkOfTheDay) -> Undo:
    """Observe the parsing of the program's flags, and take what was parsed already.

    Args:
        library: the imported ``absl.flags``.
        sink: whom to report to.
    """

    def parse(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
        if self is not library.FLAGS:
            return original(self, *args, **kwargs)
        with guarded(_NAME):
            _put_defaults(self, sink().argument_overrides(DEFINITIONS))
        result = original(self, *args, **kwargs)
        with guarded(_NAME):
            sink().report_arguments(list(_arguments(self)), DEFINITIONS)
        return result

    if library.FLAGS.is_parsed():
        with guarded(_NAME):
            sink().report_arguments(list(_arguments(library.FLAGS)), DEFINITIONS)
    return wrap(library.FlagValues, "__call__", parse)


def _arguments(flags: Any) -> Iterator[Argument]:
    for name in sorted(set(flags)):
        flag = flags[name]
        if flag.name == name:  # not its short name
            yield Argument(name, flag.value, flag.flag_type(), flag.help)


def _put_defaults(flags: Any, overrides: Mapping[str, str]) -> None:
    """The task's values as defaults, which flags parse themselves; what somebody types wins."""
    for name, text in overrides.items():
        if name in flags and not says(text, flags[name].default):
            with guarded(_NAME):
                several = isinstance(flags[name].default, list) or text.startswith("[")
                flags.set_default(name, items(text) if several else text)
