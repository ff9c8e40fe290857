"""The classic command names."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pellucid.cli.main import main


def task(arguments: Sequence[str] | None = None) -> int:
    """``clearml-task``: the same as ``pellucid task``.

    Args:
        arguments: the words after the command; those of this process by default.

    Returns:
        The exit code.
    """
    return main(["task", *(sys.argv[1:] if arguments is None else arguments)])
