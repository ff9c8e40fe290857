"""Tests of ``pellucid.base.notebook_text``."""

from __future__ import annotations

from pellucid.base.notebook_text import script_of_cells


def test_what_only_ipython_understands_is_a_comment() -> None:
    """Magic, commands of the shell, and whole cells of other languages."""
    cells = ["%matplotlib inline\nx = 1\n  !ls", "%%bash\necho hi", "get_ipython().run_line_magic('x', '')\ny = 5 % 2"]
    script = script_of_cells(cells)
    assert script.splitlines() == [
        "# %matplotlib inline",
        "x = 1",
        "#   !ls",
        "",
        "# %%bash",
        "# echo hi",
        "",
        "# get_ipython().run_line_magic('x', '')",
        "y = 5 % 2",
    ]
    compile(script, "cells.py", "exec")
