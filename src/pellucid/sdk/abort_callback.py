"""What a program wants to do before it is ended, because somebody has aborted its task (sdk-surface §4.22)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from pellucid.base.errors import PellucidError
from pellucid.base.log import logger, trouble

if TYPE_CHECKING:
    from pellucid.client.abortion import AbortQuestion

_ASK_EVERY: Final = 2.0


class AbortCallback:
    """A thread that asks whether the task was aborted, and calls a function if so.

    It ends nothing: whoever does so, the uploader or an agent, waits for the function, for a while.
    """

    def __init__(
        self,
        callback: Callable[[], object],
        question: Callable[[], AbortQuestion],
        done: Callable[[], None],
        *,
        every: float = _ASK_EVERY,
    ) -> None:
        """Begin.

        Args:
            callback: the function.
            question: makes what asks the server; called in the thread.
            done: is called when the function has returned, or raised.
            every: seconds between two questions.
        """
        self._callback = callback
        self._question = question
        self._done = done
        self._every = every
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pellucid-abort", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask no more. A function that runs goes on."""
        self._closing.set()

    def _run(self) -> None:
        question = self._question()
        while not self._closing.wait(self._every):
            try:
                if question.ask() is None:
                    continue
            except PellucidError as error:
                logger.debug("the server can't be asked whether the task was aborted: %s", error)
                continue
            self._call()
            return

    def _call(self) -> None:
        try:
            self._callback()
        except Exception as error:  # noqa: BLE001 - the program's own function, in a thread of ours
            trouble("abort.callback", "What the program does before it is ended has failed.", error)
        finally:
            self._done()
