"""Which task a run is to have: a new one, the last one overwritten, or one that goes on (sdk-surface §4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from pellucid.base.settings import Settings
from pellucid.sdk.sessions import LastTask
from pellucid.wire.enums import TaskType
from pellucid.wire.records import Monitoring


class InitArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of ``Task.init``, checked; ``None`` where the program said nothing."""

    project: str | None
    name: str | None
    type: TaskType
    tags: list[str]
    reuse: bool | str
    go_on: bool | str | int
    output_uri: str | bool | None
    arg_parser: bool | Mapping[str, Any]
    frameworks: bool | Mapping[str, Any]
    monitoring: Monitoring | None
    streams: bool | Mapping[str, Any]
    deferred: bool


class Choice(msgspec.Struct, frozen=True):
    """Which task.

    Attributes:
        reuse: id of the task to overwrite if it may be.
        go_on: id of the task to continue.
        must_go_on: whether it is an error if that one does not exist, as somebody has named it.
        offset: what to add to iterations; ``None`` for one more than the last of a continued task.
    """

    reuse: str | None = None
    go_on: str | None = None
    must_go_on: bool = False
    offset: int | None = None


def choose(arguments: InitArguments, last: LastTask | None, settings: Settings, *, now: float) -> Choice:
    """Decide as far as that is possible without a server.

    Args:
        arguments: of ``Task.init``.
        last: the last task of the same project, name and type on this machine.
        settings: the reuse window, and a configured offset.
        now: seconds since the epoch.
    """
    named = arguments.reuse if isinstance(arguments.reuse, str) else None
    go_on, offset = arguments.go_on, settings.iteration_offset
    if isinstance(go_on, str):
        return Choice(go_on=go_on, must_go_on=True, offset=offset)
    # 0 is an offset, not False; a configured offset makes no sense for a run that begins anew.
    if go_on is not False or offset is not None:
        if offset is None and not isinstance(go_on, bool):
            offset = go_on
        remembered = last.id if last is not None and arguments.reuse is not False else None
        return Choice(go_on=named or remembered, must_go_on=named is not None, offset=offset)
    if named is not None:
        return Choice(reuse=named)
    if last is None or arguments.reuse is False or not settings.reuse_tasks:
        return Choice()
    return Choice(reuse=last.id) if now - last.time < settings.reuse_window_hours * 3600 else Choice()
