"""The notebook whose cells this process executes, if it is a kernel (sdk-surface M35)."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pellucid.base.log import trouble
from pellucid.base.notebook_text import script_of_cells

_BEFORE: Final = "pre_run_cell"
_AFTER: Final = "post_run_cell"
_NAMELESS: Final = "notebook"


class Notebook:
    """A notebook that is being executed.

    Attributes:
        file: the notebook's, where it is known and here.
        name: of the script that its cells make.
    """

    def __init__(self, shell: Any) -> None:
        """Of a kernel.

        Args:
            shell: of IPython.
        """
        # Jupyter's servers set the former, Visual Studio Code the latter.
        said = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__")
        found = None if said is None else Path(said).absolute()
        self.file = found if found is not None and found.is_file() else None
        self.name = f"{_NAMELESS if found is None else found.stem}.py"
        self._shell = shell
        self._leave: Callable[[], None] = lambda: None

    def text(self) -> str:
        """The cells that were executed, in that order, as a script."""
        return script_of_cells(self._shell.history_manager.input_hist_raw[1:])

    def watch(self, changed: Callable[[], None]) -> None:
        """Have a function called when a cell was executed."""
        self._leave = _call_at(self._shell, _AFTER, changed)

    def leave(self) -> None:
        """Do so no more."""
        self._leave()


def find_notebook() -> Notebook | None:
    """The notebook of this process; ``None`` if it is no kernel."""
    shell = _find_shell()
    return None if shell is None else Notebook(shell)


def before_each_cell(call: Callable[[], None]) -> Callable[[], None]:
    """Have a function called before a cell is executed, if this process is a kernel; returns what ends that."""
    shell = _find_shell()
    return (lambda: None) if shell is None else _call_at(shell, _BEFORE, call)


def _find_shell() -> Any:
    library = sys.modules.get("IPython")
    shell = None if library is None else library.get_ipython()
    return shell if hasattr(shell, "kernel") else None


def _call_at(shell: Any, event: str, call: Callable[[], None]) -> Callable[[], None]:
    def on_cell(*_: object) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - called by the kernel, which would show a traceback below the cell
            trouble("notebook", "What the notebook does is not recorded; it goes on.", error)

    shell.events.register(event, on_cell)
    return functools.partial(shell.events.unregister, event, on_cell)
