"""What a task has of the notebook that is being executed: its cells, and the packages that they import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.sdk.notebook import Notebook
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.requirements import imports_of
from pellucid.sdk.script_detection import ANSWER, Found, Request, ScriptDetection
from pellucid.sdk.wishes import Wishes
from pellucid.wire import tasks

_CELLS: Final = ".cells.py"
"""Name of the cells' copy in a run's folder, for who looks into them; no part of the run."""


class NotebookRecording:
    """Records cells as they are executed (sdk-surface M35)."""

    def __init__(self, notebook: Notebook, record: TaskRecord, folder: Path, wishes: Wishes) -> None:
        """Begin with the cells that were executed already.

        Args:
            notebook: what is executed.
            record: of the task.
            folder: of the run.
            wishes: what the program has said of its packages.
        """
        self.notebook = notebook
        self._record = record
        self._folder = folder
        self._wishes = wishes
        self._detection: ScriptDetection | None = None
        self._imported: set[str] = set()
        self._requirements: Mapping[str, str] = {}
        self._see()
        notebook.watch(self._see)

    def close(self, seconds: float) -> None:
        """Record the cell that ends the run, and wait for what is being found out."""
        self.notebook.leave()
        self.wait(seconds)
        self._see()
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Wait for what is being found out."""
        if self._detection is not None:
            self._detection.wait(seconds)

    def _see(self) -> None:
        text = self.notebook.text()
        self._change({"entry_point": self.notebook.name, "working_dir": ".", "diff": text})
        imported = imports_of(text)
        if imported != self._imported and (self._detection is None or self._detection.wait(0)):
            self._imported = imported
            self._detection = self._look_for_packages(text)

    def _look_for_packages(self, text: str) -> ScriptDetection:
        copy = self._folder / _CELLS
        copy.write_text(text, encoding="utf-8")
        request = Request(
            answer=str(self._folder / ANSWER),
            script=str(copy),
            folder=str(self._folder),
            module=False,
            with_diff=False,
            wishes=msgspec.structs.replace(self._wishes, standalone=True),
        )
        return ScriptDetection(request, self._record_packages)

    def _record_packages(self, found: Found) -> None:
        """Unless the program has said which they are."""
        with self._record.lock:
            if self._record.document().script.get("requirements", {}) in ({}, self._requirements):
                self._requirements = found.requirements
                runtime = {**self._record.document().runtime, **found.machine}
                self._change({"requirements": found.requirements}, runtime=runtime)

    def _change(self, script: Mapping[str, Any], **others: Any) -> None:
        with self._record.lock:
            request = tasks.Edit(task=self._record.task_id, force=True, script=dict(script), **others)
            whole = {**self._record.document().script, **script}
            self._record.change(tasks.EDIT, request, script=whole, **others)
