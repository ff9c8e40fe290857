"""Tests of ``pellucid.sdk.choice``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pellucid.base.settings import Settings
from pellucid.sdk.choice import Choice, InitArguments, choose
from pellucid.sdk.sessions import LastTask
from pellucid.wire.enums import TaskType

NOW = 1_000_000.0
LAST = LastTask("last", NOW - 23 * 3600)
OLD = LastTask("last", NOW - 25 * 3600)


def decide(
    last: LastTask | None, *, reuse: bool | str = True, go_on: bool | str | int = False, **settings: Any
) -> Choice:
    """What ``Task.init`` decides."""
    arguments = InitArguments(
        project="vision",
        name="first",
        type=TaskType.training,
        tags=[],
        reuse=reuse,
        go_on=go_on,
        output_uri=None,
        arg_parser=True,
        frameworks=True,
        monitoring=None,
        streams=True,
        deferred=False,
    )
    return choose(arguments, last, Settings(home=Path("/nowhere"), **settings), now=NOW)


@pytest.mark.parametrize(
    ("last", "reuse", "settings", "choice"),
    [
        (None, True, {}, Choice()),
        (LAST, True, {}, Choice(reuse="last")),
        (OLD, True, {}, Choice()),
        (OLD, True, {"reuse_window_hours": 72.0}, Choice(reuse="last")),
        (LAST, True, {"reuse_window_hours": 0.0}, Choice()),
        (LAST, False, {}, Choice()),
        (LAST, True, {"reuse_tasks": False}, Choice()),
        (None, "named", {}, Choice(reuse="named")),
        (OLD, "named", {}, Choice(reuse="named")),
    ],
)
def test_reuse(last: LastTask | None, reuse: bool | str, settings: dict[str, Any], choice: Choice) -> None:
    """Within the window, unless somebody says otherwise (seed, Task Reuse)."""
    assert decide(last, reuse=reuse, **settings) == choice


@pytest.mark.parametrize(
    ("last", "reuse", "go_on", "settings", "choice"),
    [
        (LAST, True, True, {}, Choice(go_on="last")),
        (OLD, True, True, {}, Choice(go_on="last")),
        (None, True, True, {}, Choice()),
        (LAST, False, True, {}, Choice()),
        (LAST, True, "named", {}, Choice(go_on="named", must_go_on=True)),
        (LAST, True, 500, {}, Choice(go_on="last", offset=500)),
        (LAST, True, 0, {}, Choice(go_on="last", offset=0)),
        (LAST, "named", 10, {}, Choice(go_on="named", must_go_on=True, offset=10)),
        (LAST, True, 10, {"iteration_offset": 20}, Choice(go_on="last", offset=20)),
        (LAST, True, False, {"iteration_offset": 20}, Choice(go_on="last", offset=20)),
    ],
)
def test_continue(
    last: LastTask | None, reuse: bool | str, go_on: bool | str | int, settings: dict[str, Any], choice: Choice
) -> None:
    """Whatever the window; 0 is an offset (seed, Continuing Task Execution)."""
    assert decide(last, reuse=reuse, go_on=go_on, **settings) == choice
