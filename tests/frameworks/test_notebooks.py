"""What a task has of a notebook, executed by a real kernel (M35)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from tests.frameworks.conftest import BEGIN, Scripts

pytestmark = pytest.mark.process

CELLS = [
    "%matplotlib --list\nimport json",
    BEGIN,
    "%%bash\necho from bash",
    "import numpy\nprint('printed in a cell', numpy.ones(1))",
    "1 / 0",
    "task.close()\nprint('TASK', task.id)",
]


def executed(cells: list[str], scripts: Scripts, file: Path) -> str:
    """Execute cells as Jupyter does; returns what they print."""
    printed: list[str] = []
    environment = {**scripts.environment, "JPY_SESSION_NAME": str(file)}
    manager, client = start_new_kernel(kernel_name="python3", env=environment, cwd=str(scripts.folder))
    try:
        for cell in cells:
            client.execute_interactive(
                cell,
                timeout=60,
                output_hook=lambda message: printed.append(str(message["content"].get("text", ""))),
            )
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    return "".join(printed)


def test_m35_a_notebook(scripts: Scripts) -> None:
    """Its cells as a script, the packages that they import, and the notebook itself."""
    file = scripts.folder / "analysis.ipynb"
    file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (recorded,) = scripts.tasks(executed(CELLS, scripts, file))

    script = recorded.document.script
    assert (script["entry_point"], script["repository"], script["working_dir"]) == ("analysis.py", "", ".")
    expected = [
        "# %matplotlib --list",
        "import json",
        "# %%bash",
        "# echo from bash",
        "import numpy",
        "1 / 0",
        "task.close()",
    ]
    assert [line for line in expected if line not in script["diff"].splitlines()] == []
    assert "numpy == " in script["requirements"]["pip"]
    assert recorded.document.status == "completed"
    assert any("printed in a cell" in line for line in recorded.console())
    assert [artifact["key"] for artifact in recorded.document.execution["artifacts"]] == ["notebook"]
