"""Checks of what people pass in: a mistake is told at once, with the argument, the value, and what is allowed."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from pellucid.base.errors import UsageError
from pellucid.sdk.destinations import check_destination
from pellucid.wire.enums import TaskType
from pellucid.wire.records import Monitoring

SHORTEST_NAME: Final = 3

STREAMS: Final = ("stdout", "stderr", "logging")
"""What ``auto_connect_streams`` can switch."""

_MONITORING_KEYS: Final = ("report_frequency_sec", "sample_frequency_per_sec")

_T = TypeVar("_T")


def check_text(argument: str, value: object) -> str:
    """A text that is not empty."""
    if isinstance(value, str) and value:
        return value
    raise UsageError(f"{argument} is {value!r}; allowed is a text that is not empty")


def check_name(argument: str, value: object) -> str:
    """A name of at least three characters (seed, Task Creation), without blanks around it."""
    name = check_text(argument, value).strip()
    if len(name) < SHORTEST_NAME:
        raise UsageError(f"{argument} is {value!r}; allowed are names of at least {SHORTEST_NAME} characters")
    return name


def check_project(argument: str, value: object) -> str:
    """A project's path: names of at least three characters, separated by slashes (seed, Task Creation)."""
    parts = [part.strip() for part in check_text(argument, value).split("/")]
    return "/".join(check_name(argument, part) for part in parts if part) or check_name(argument, "")


def check_choice(argument: str, value: object, allowed: Iterable[_T]) -> _T:
    """One of a few values."""
    choices = list(allowed)
    for choice in choices:
        if value == choice and isinstance(value, bool) == isinstance(choice, bool):
            return choice
    named = ", ".join(repr(getattr(choice, "value", choice)) for choice in choices)
    raise UsageError(f"{argument} is {value!r}; allowed are {named}")


def check_task_type(value: object) -> TaskType:
    """A type by its member or its name; ``None`` is training."""
    if value is None:
        return TaskType.training
    name = getattr(value, "value", value)
    if isinstance(name, str) and name in TaskType.__members__:
        return TaskType[name]
    raise UsageError(f"task_type is {value!r}; allowed are {', '.join(TaskType.__members__)}")


def check_tags(value: object) -> list[str]:
    """Tags as a list of texts, without repetitions; ``None`` is none."""
    if value is None:
        return []
    if not isinstance(value, str) and isinstance(value, Iterable):
        tags = list(value)
        if all(isinstance(tag, str) and tag for tag in tags):
            return list(dict.fromkeys(tags))
    raise UsageError(f"tags is {value!r}; allowed is a list of texts, such as ['baseline', 'v2']")


def check_flag(argument: str, value: object) -> bool:
    """``True`` or ``False``."""
    if isinstance(value, bool):
        return value
    raise UsageError(f"{argument} is {value!r}; allowed are True and False")


def check_switches(argument: str, value: object, *, names: Iterable[str] | None = None) -> bool | Mapping[str, bool]:
    """A switch, or a dictionary that gives one for each name; any names unless they are given."""
    switches = _check_names(argument, value)
    if not isinstance(switches, bool):
        for name, switch in switches.items():
            if names is not None:
                check_choice(f"a name in {argument}", name, names)
            check_flag(f"{argument}[{name!r}]", switch)
    return switches


def check_frameworks(value: object) -> bool | Mapping[str, Any]:
    """``auto_connect_frameworks``: a switch, or a dictionary that gives, by the name of a framework, a switch,
    wildcards for the files to log, or a dictionary of switches. Names that we don't know are passed over (M41)."""
    frameworks = _check_names("auto_connect_frameworks", value)
    if not isinstance(frameworks, bool):
        for name, choice in frameworks.items():
            patterns = [choice] if isinstance(choice, str) else choice
            if isinstance(patterns, bool | Mapping):
                check_switches(f"auto_connect_frameworks[{name!r}]", patterns)
            elif not (isinstance(patterns, list | tuple) and all(isinstance(pattern, str) for pattern in patterns)):
                raise UsageError(
                    f"auto_connect_frameworks[{name!r}] is {choice!r}; allowed are True, False, a wildcard such as "
                    "'*.pt', a list of wildcards, or a dictionary of switches"
                )
    return frameworks


def _check_names(argument: str, value: object) -> bool | Mapping[str, Any]:
    if isinstance(value, bool) or (isinstance(value, Mapping) and all(isinstance(key, str) for key in value)):
        return value
    raise UsageError(f"{argument} is {value!r}; allowed are True, False, or a dictionary by name")


def check_monitoring(value: object) -> Monitoring | None:
    """``auto_resource_monitoring``: how the machine is to be watched, ``None`` for not at all."""
    switches = _check_names("auto_resource_monitoring", value)
    if isinstance(switches, bool):
        return Monitoring() if switches else None
    for key, number in switches.items():
        if key not in _MONITORING_KEYS:
            raise UsageError(f"auto_resource_monitoring has {key!r}; allowed are {' and '.join(_MONITORING_KEYS)}")
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < math.inf:
            raise UsageError(f"auto_resource_monitoring[{key!r}] is {number!r}; it has to be a positive number")
    default = Monitoring()
    return Monitoring(
        sample_seconds=1.0 / switches.get("sample_frequency_per_sec", 1.0 / default.sample_seconds),
        report_seconds=float(switches.get("report_frequency_sec", default.report_seconds)),
    )


def check_output_uri(value: object) -> str | bool | None:
    """Where models and artifacts go: an address, a folder, or what ``True``, ``False`` and ``None`` mean (M193)."""
    if value is None or isinstance(value, bool):
        return value
    return check_destination("output_uri", value)


def check_number(argument: str, value: object) -> float:
    """Anything that converts to a float, such as a scalar of an array library; NaN and the infinities too."""
    # A text converts as well, but somebody who reports one has mistaken the argument.
    if not isinstance(value, str | bytes):
        try:
            return float(value)  # type: ignore[arg-type]  # found out by trying
        except (TypeError, ValueError, OverflowError):
            pass
    raise UsageError(f"{argument} is {value!r}; allowed is a number")


def check_iteration(value: object) -> int:
    """An integer of 64 bits, also one of an array library."""
    try:
        iteration = operator.index(value)  # type: ignore[arg-type]  # found out by trying
    except TypeError:
        raise UsageError(f"iteration is {value!r}; allowed is an integer") from None
    if not -(2**63) <= iteration < 2**63:
        raise UsageError(f"iteration is {value!r}; allowed is an integer of 64 bits")
    return iteration


def check_count(argument: str, value: object, *, least: int) -> int:
    """An integer that is not too small."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise UsageError(f"{argument} is {value!r}; allowed is an integer, {least} or more")


def check_section(value: object) -> str:
    """The name of a section of parameters."""
    if isinstance(value, str) and value.strip() and "/" not in value:
        return value
    raise UsageError(f"name is {value!r}; allowed is the name of a section, a text without a slash")


def check_progress(value: object) -> int:
    """0 to 100, rounded (sdk-surface C12)."""
    number = check_number("progress", value)
    if not math.isfinite(number) or not 0 <= number <= 100:
        raise UsageError(f"progress is {value!r}; allowed is a number from 0 to 100")
    return round(number)
