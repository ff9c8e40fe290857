"""The part of ``Task`` that has it found out what this process executes (sdk-surface M2…M5, M35, M36)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.sdk.environment import SECTION, environment_parameters
from pellucid.sdk.notebook import find_notebook
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.script_detection import ANSWER, Found, Request, ScriptDetection
from pellucid.sdk.session import Session
from pellucid.sdk.wishes import wishes
from pellucid.wire import tasks
from pellucid.wire.tasks import Parameter

if TYPE_CHECKING:
    from pellucid.sdk.notebook_recording import NotebookRecording

BIG_DIFF: Final = "auxiliary_git_diff"
NOTEBOOK: Final = "notebook"
_LONGEST_DIFF: Final = 500_000
"""Characters of changes that are kept on the task; more become an artifact (sdk-surface M4)."""


class DetectionMethods:
    """What is found out about the script, in the background."""

    _record: TaskRecord
    _session: Session | None
    _detection: ScriptDetection | None
    _notebook: NotebookRecording | None

    if TYPE_CHECKING:

        def _edit(self, changes: list[Parameter]) -> None: ...

        def upload_artifact(self, name: str, artifact_object: Any, *, extension_name: str | None = None) -> bool: ...

    def _detect_script(self, session: Session, frameworks: bool | Mapping[str, Any]) -> None:
        """Have it found out what this process executes, without waiting for it."""
        wanted = not isinstance(frameworks, Mapping) or frameworks.get("detect_repository", True)
        if not wanted or not session.settings.detect_script:
            return
        said = msgspec.structs.replace(wishes, freeze=wishes.freeze or session.settings.freeze_packages)
        notebook = find_notebook()
        if notebook is not None:
            from pellucid.sdk.notebook_recording import NotebookRecording  # few programs are notebooks

            self._notebook = NotebookRecording(notebook, self._record, session.run.folder, said)
            return
        main = sys.modules.get("__main__")
        file = getattr(main, "__file__", None)
        if file is None or not os.path.isfile(file):
            return
        request = Request(
            answer=str(session.run.folder / ANSWER),
            script=os.path.abspath(file),
            folder=_present_folder(os.path.dirname(os.path.abspath(file))),
            module=getattr(main, "__spec__", None) is not None,
            with_diff=session.settings.store_diff,
            wishes=said,
        )
        before = session.live.document().script
        self._detection = ScriptDetection(request, lambda found: self._record_script(before, found))

    def _record_environment(self, session: Session) -> None:
        """Record the variables that are allowed; under an agent, those that the task does not have."""
        known = self._record.document().hyperparams.get(SECTION, {}) if session.remote else {}
        found = environment_parameters(session.settings.log_environment, os.environ)
        if wanted := [parameter for parameter in found if parameter.name not in known]:
            self._edit(wanted)

    def _await_detection(self, seconds: float) -> None:
        """Wait for what is being found out; only who began that waits."""
        if self._detection is not None and self._session is not None and self._session.run.is_own:
            self._detection.wait(seconds)
        if self._notebook is not None:
            self._notebook.wait(seconds)

    def _leave_notebook(self, seconds: float) -> None:
        """Keep what a notebook has executed, and the notebook itself."""
        recording, self._notebook = self._notebook, None
        if recording is not None:
            recording.close(seconds)
            if recording.notebook.file is not None:
                self.upload_artifact(NOTEBOOK, recording.notebook.file)

    def _record_script(self, before: Mapping[str, Any], found: Found) -> None:
        """Record what was found, but for what the program has changed meanwhile."""
        present = self._record.document().script
        script: dict[str, Any] = {
            key: text for key, text in found.script.items() if present.get(key) == before.get(key)
        }
        if len(script.get("diff", "")) > _LONGEST_DIFF:
            self.upload_artifact(BIG_DIFF, script["diff"], extension_name=".diff")
            script["diff"] = f"# The changes are too many to be shown here; they are the artifact {BIG_DIFF}.\n"
        if not present.get("requirements"):
            script["requirements"] = found.requirements
        with self._record.lock:
            runtime = {**self._record.document().runtime, **found.machine}
            request = tasks.Edit(task=self._record.task_id, force=True, script=script, runtime=runtime)
            script = {**self._record.document().script, **script}
            self._record.change(tasks.EDIT, request, script=script, runtime=runtime)


def _present_folder(otherwise: str) -> str:
    """Where the program is; that may be gone."""
    try:
        return os.getcwd()
    except OSError:
        return otherwise
