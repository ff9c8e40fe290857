"""How this process ends: who said so, without standing in its way (sdk-surface §4.22; pains 1, 5).

The exit status is never changed and no signal handler written in Python is installed. What is learnt here is what the
interpreter knows: an exception that nobody caught, a ``sys.exit``. Ends that the interpreter does not live to see are
the uploader's to find out.
"""

from __future__ import annotations

import atexit
import faulthandler
import functools
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End

SIGNAL_FILE: Final = "signal.txt"
"""Where a traceback is left when SIGTERM arrives; tells the uploader why the process is gone."""

COMPLETED: Final = End(TaskStatus.completed, "completed")
_PRESUMED: Final = End(TaskStatus.completed, "completed", presumed=True)


class Ending:
    """Watches for the end of this process, on behalf of one run."""

    def __init__(self, folder: Path | None, at_exit: Callable[[], None]) -> None:
        """Begin to watch.

        Args:
            folder: where to leave a note of SIGTERM, which is the run's; ``None`` if this process did not begin it.
            at_exit: is called once when the interpreter ends, unless ``close`` comes first.
        """
        self._at_exit = at_exit
        self._owner = os.getpid()
        self._decided: End | None = None
        self._seen: End | None = None
        self._excepthook = sys.excepthook
        self._own_excepthook = self._note_exception
        sys.excepthook = self._own_excepthook
        # sys.exit, and what the site module makes of exit and quit. A bare ``raise SystemExit`` nobody gets to see.
        self._exits = [_NotedExit(self, sys, "exit")]
        if (site := sys.modules.get("_sitebuiltins")) is not None:
            self._exits.append(_NotedExit(self, site.Quitter, "__call__"))
        atexit.register(self._at_exit)
        self._signal_file = None if folder is None else _note_sigterm(folder / SIGNAL_FILE)

    def decide(self, end: End) -> None:
        """The program itself says how its task ended; nothing that happens later changes that."""
        self._decided = end

    def see(self, end: End | None) -> End | None:
        """How the process seems to end; returns how it seemed before."""
        before, self._seen = self._seen, end
        return before

    def how(self) -> End:
        """How the process ends, as far as is known now."""
        return self._decided or self._seen or COMPLETED

    def how_at_exit(self) -> End:
        """The same when the interpreter ends, where a good end is only presumed: see ``End.presumed``."""
        return self._decided or self._seen or _PRESUMED

    def after_fork(self) -> None:
        """In a child: its end is not the run's."""
        self._stop_noting_sigterm()

    def close(self) -> None:
        """Stop watching; what others have put in front of ours stays in place."""
        if sys.excepthook is self._own_excepthook:
            sys.excepthook = self._excepthook
        for noted in self._exits:
            noted.close()
        atexit.unregister(self._at_exit)
        self._stop_noting_sigterm()

    def _note_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # In an interactive session an exception ends nothing.
        if os.getpid() == self._owner and not hasattr(sys, "ps1"):
            self.see(describe_exception(kind, error))
        self._excepthook(kind, error, trace)

    def note_exit(self, error: SystemExit) -> None:
        """Somebody asks for the end of the process, and may still be caught."""
        if os.getpid() == self._owner and threading.current_thread() is threading.main_thread():
            # Lives as long as the exception, whose end tells whether somebody caught it.
            error._pellucid_note = _ExitNote(self, describe_exit(error.code))  # type: ignore[attr-defined]

    def _stop_noting_sigterm(self) -> None:
        if self._signal_file is None:
            return
        # Somebody who has set a handler since then has replaced ours, and must keep theirs.
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            faulthandler.unregister(signal.SIGTERM)
        self._signal_file.close()
        self._signal_file = None


class Leaving:
    """The same for a process whose end is not the run's: all there is to do is to let go in time."""

    def __init__(self, at_exit: Callable[[], None]) -> None:
        """Begin to watch.

        Args:
            at_exit: is called once when the interpreter ends, unless ``close`` comes first.
        """
        self._at_exit = at_exit
        atexit.register(at_exit)

    def decide(self, end: End) -> None:
        """The program says how its task ended: the request that goes with it is all that this needs."""

    def how(self) -> End:
        """Nothing that anybody asks for."""
        return COMPLETED

    def how_at_exit(self) -> End:
        """Nothing that anybody asks for."""
        return COMPLETED

    def after_fork(self) -> None:
        """In a child: as here."""

    def close(self) -> None:
        """Stop watching."""
        atexit.unregister(self._at_exit)


class _NotedExit:
    """A function that ends the process, which goes on doing so, under our eyes."""

    def __init__(self, ending: Ending, place: Any, name: str) -> None:
        self._place, self._name = place, name
        self._original = original = getattr(place, name)

        @functools.wraps(original)
        def noted(*args: Any, **kwargs: Any) -> Any:
            try:
                return original(*args, **kwargs)
            except SystemExit as error:
                ending.note_exit(error)
                raise

        self._own = noted
        setattr(place, name, noted)

    def close(self) -> None:
        """Put the original back, if ours is still there."""
        if getattr(self._place, self._name) is self._own:
            setattr(self._place, self._name, self._original)


class _ExitNote:
    """How a ``sys.exit`` ends the process, unless it is caught.

    One that is caught is thrown away by the program, from within one of its functions. One that is not is thrown away
    by the interpreter itself, when no function runs any more; or never, if something still holds it.
    """

    def __init__(self, ending: Ending, end: End | None) -> None:
        self._ending = ending
        self._before = ending.see(end)

    def __del__(self) -> None:
        if sys._getframe().f_back is not None:
            self._ending.see(self._before)


def describe_exception(kind: type[BaseException], error: BaseException) -> End:
    """The end that an exception makes: Ctrl-C stops a task, anything else fails it."""
    text = "".join(traceback.format_exception_only(kind, error)).strip()
    if issubclass(kind, KeyboardInterrupt):
        return End(TaskStatus.stopped, "Interrupted (KeyboardInterrupt)", text)
    return End(TaskStatus.failed, f"Exception: {text.splitlines()[-1][:500] if text else kind.__name__}", text)


def describe_exit(code: object) -> End | None:
    """The end that ``sys.exit(code)`` makes; ``None`` for a good one."""
    if code is None or code == 0:
        return None
    if isinstance(code, int):
        return End(TaskStatus.failed, f"Exit code {code}")
    return End(TaskStatus.failed, f"Exit code 1: {code}"[:500])


def _note_sigterm(path: Path) -> IO[str] | None:
    """Have SIGTERM leave a note before it does what it always does.

    Only where the program has no handler of its own. The note is written by C code at once, even while a long
    computation keeps the interpreter busy, and the process dies of the signal as before.
    """
    try:
        if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
            return None
        file = path.open("w", encoding="utf-8")
    except (OSError, ValueError):
        return None
    faulthandler.register(signal.SIGTERM, file=file, all_threads=False, chain=True)
    return file
