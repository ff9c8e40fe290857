"""The hooks of this release, in the one registry of this process.

They are put in when ``Task`` is imported, as a parser may parse before ``Task.init``.
"""

from __future__ import annotations

from typing import Final

from pellucid.hooks import argparse
from pellucid.hooks.registry import Registry
from pellucid.hooks.sink import Sink

registry: Final = Registry({"argparse": argparse.patch})


def connect_sink(sink: Sink) -> None:
    """Let all hooks report to a sink, beginning with what they saw when there was none."""
    registry.sink = sink
    argparse.replay(sink)


def disconnect_sink() -> None:
    """Let hooks report to nobody."""
    registry.sink = None
