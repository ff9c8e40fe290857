"""What a job needs of the place where it runs, as people write it down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Final

_MEMORY: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_MEGABYTES: Final = {"": 1.0, "K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 1024.0 * 1024}
_TIME: Final = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?", re.IGNORECASE)
_CLOCK: Final = re.compile(r"(?:(\d+)-)?(\d+):(\d\d):(\d\d)")
_IN_SECONDS: Final = (86400, 3600, 60, 1)


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What a job needs; ``None`` leaves it to the engine, or to the engine's template.

    Attributes:
        cpus: cores on each node.
        gpus: on each node.
        memory: MB on each node.
        time: seconds after which the engine may end it.
        partition: of the cluster: a partition of Slurm, a namespace of Kubernetes.
        image: of the container that it runs in, where the engine has containers.
        nodes: that work on it at the same time.
    """

    cpus: int | None = None
    gpus: int | None = None
    memory: int | None = None
    time: int | None = None
    partition: str | None = None
    image: str | None = None
    nodes: int = 1


def read_resources(wishes: Mapping[str, str]) -> Resources:
    """Resources from texts, by the names of the attributes of ``Resources``; empty texts are no wish.

    Args:
        wishes: such as ``{"gpus": "2", "memory": "16G", "time": "1h30m"}``.

    Raises:
        ValueError: a name or a text that means nothing; the error's text names it, and what is allowed.
    """
    unknown = sorted(set(wishes) - set(_READERS))
    if unknown:
        raise ValueError(f"resource {unknown[0]!r} is not known; allowed are {', '.join(_READERS)}")
    found = {}
    for name, text in wishes.items():
        if not text.strip():
            continue
        read, allowed = _READERS[name]
        value = read(text.strip())
        if value is None:
            raise ValueError(f"resource {name} is {text!r}; allowed is {allowed}")
        found[name] = value
    return Resources(**found)  # type: ignore[arg-type]  # each reader gives what its attribute takes


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _positive(text: str) -> int | None:
    return _count(text) or None


def _megabytes(text: str) -> int | None:
    match = _MEMORY.fullmatch(text)
    return round(float(match[1]) * _MEGABYTES[match[2].upper()]) or None if match else None


def _seconds(text: str) -> int | None:
    match = _TIME.fullmatch(text) or _CLOCK.fullmatch(text)
    if match is None:
        return _positive(text)
    return sum(int(part or 0) * each for part, each in zip(match.groups(), _IN_SECONDS, strict=True)) or None


_READERS: Final[dict[str, tuple[Callable[[str], int | str | None], str]]] = {
    "cpus": (_positive, "a number of cores, such as 4"),
    "gpus": (_count, "a number of GPUs, such as 1"),
    "memory": (_megabytes, "a number of MB, or one with K, M, G or T, such as 16G"),
    "time": (_seconds, "a number of seconds, or such as 1h30m or 2-12:00:00"),
    "partition": (str, "a name"),
    "image": (str, "a name of an image"),
    "nodes": (_positive, "a number of nodes, such as 4"),
}
assert set(_READERS) == {field.name for field in fields(Resources)}
