"""What every engine must do, as tests: subclass ``EngineTests`` and give it an engine.

class TestLocalEngine(EngineTests):
    @pytest.fixture
    def engine(self) -> Engine:
        return LocalEngine()
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pellucid.engines.base import Engine, LaunchError, LaunchPlan


class EngineTests:
    """The suite; plans run this interpreter, so the engine must offer it at the same path."""

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        raise NotImplementedError("a subclass gives its engine")

    def plan(self, folder: Path, code: str, **environment: str) -> LaunchPlan:
        """A plan that runs Python code in a folder."""
        return LaunchPlan(
            command=[sys.executable, "-u", "-c", code], folder=folder, environment={**os.environ, **environment}
        )

    def test_output_comes_line_by_line_and_merged(self, engine: Engine, tmp_path: Path) -> None:
        """Stdout and stderr arrive in the order in which they were written."""
        handle = engine.start(
            self.plan(tmp_path, "import sys; print('one'); print('two', file=sys.stderr); print('three')")
        )

        assert list(handle.output()) == ["one", "two", "three"]
        assert handle.wait() == 0

    def test_output_is_there_before_the_process_ends(self, engine: Engine, tmp_path: Path) -> None:
        """A line can be read while the process still runs."""
        handle = engine.start(self.plan(tmp_path, "import time; print('ready'); time.sleep(60)"))

        assert next(iter(handle.output())) == "ready"
        handle.stop(grace=5)

    @pytest.mark.parametrize("code", [0, 3])
    def test_exit_code_is_the_process_s_own(self, engine: Engine, tmp_path: Path, code: int) -> None:
        """What the process says at its end is what ``wait`` returns."""
        handle = engine.start(self.plan(tmp_path, f"raise SystemExit({code})"))

        list(handle.output())
        assert handle.wait() == code

    def test_environment_and_folder_are_the_plan_s(self, engine: Engine, tmp_path: Path) -> None:
        """The process sees the plan's environment and works in the plan's folder."""
        code = "import os; print(os.environ['WHO']); print(os.getcwd())"
        handle = engine.start(self.plan(tmp_path, code, WHO="me"))

        assert list(handle.output()) == ["me", str(tmp_path)]
        handle.wait()

    def test_stop_ends_a_process_that_ignores_the_request(self, engine: Engine, tmp_path: Path) -> None:
        """After the grace period the process is ended by force, and its exit tells so."""
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"
        handle = engine.start(self.plan(tmp_path, code))
        lines = iter(handle.output())
        assert next(lines) == "ready"

        handle.stop(grace=0.2)

        assert handle.wait() == -9

    def test_stop_ends_the_children_too(self, engine: Engine, tmp_path: Path) -> None:
        """No descendant of a stopped process holds its output open."""
        code = (
            "import subprocess, sys, time;"
            "subprocess.Popen([sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)']);"
            "time.sleep(60)"
        )
        handle = engine.start(self.plan(tmp_path, code))
        lines = iter(handle.output())
        assert next(lines) == "1"

        handle.stop(grace=5)

        assert list(lines) == []

    def test_stop_ends_what_has_left_the_group(self, engine: Engine, tmp_path: Path) -> None:
        """As daemons do."""
        code = (
            "import subprocess, sys, time;"
            "child = [sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)'];"
            "subprocess.Popen(child, start_new_session=True);"
            "time.sleep(60)"
        )
        handle = engine.start(self.plan(tmp_path, code))
        lines = iter(handle.output())
        assert next(lines) == "1"

        handle.stop(grace=5)

        assert list(lines) == []

    def test_what_goes_on_in_the_background_holds_nobody_up(self, engine: Engine, tmp_path: Path) -> None:
        """The end of the program is the end."""
        code = (
            "import subprocess, sys;"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True);"
            "print('done')"
        )
        handle = engine.start(self.plan(tmp_path, code))

        assert list(handle.output()) == ["done"]
        assert handle.wait() == 0
        handle.stop(grace=0)

    def test_a_bar_that_is_drawn_over_is_one_line(self, engine: Engine, tmp_path: Path) -> None:
        """Only a line feed ends one."""
        handle = engine.start(self.plan(tmp_path, "print('1%', end='\\r'); print('2%')"))

        assert list(handle.output()) == ["1%\r2%"]
        handle.wait()

    def test_a_program_that_does_not_exist_is_refused(self, engine: Engine, tmp_path: Path) -> None:
        """The error names the program."""
        with pytest.raises(LaunchError, match="no-such-program"):
            engine.start(LaunchPlan(command=["no-such-program"], folder=tmp_path))
