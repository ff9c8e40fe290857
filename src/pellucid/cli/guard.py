"""Errors of commands, as one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from pellucid.base.errors import PellucidError, ServerUnavailableError


def guarded(command: str, run: Callable[[], int]) -> int:
    """Run a command.

    Args:
        command: what to call it in messages.
        run: does it, and returns its exit code.

    Returns:
        The exit code: the command's own, or 1 if the server said no or could not be asked, 2 for wrong usage.
    """
    try:
        return run()
    except ServerUnavailableError as error:
        print(f"{command}: the server can't be reached, or does not answer: {error}", file=sys.stderr)
        return 1
    except PellucidError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    except BrokenPipeError:
        # The reader of a pipe has seen enough; point stdout elsewhere so that the interpreter's last flush is silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
