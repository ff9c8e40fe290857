"""A script that does not call ``Task.init``, made to do so (sdk-surface §4.26)."""

from __future__ import annotations

import ast
from typing import Final

_PACKAGES: Final = ("pellucid", "clearml")

_CALL: Final = """\
try:
    from pellucid import Task as _Task
except ImportError:
    from clearml import Task as _Task
_Task.init()
"""
"""Under an agent it takes no arguments: names and all are the task's."""


def with_init_call(text: str) -> str:
    """A program that begins with ``Task.init()``, behind its docstring and what it imports from the future; as it is,
    if it calls that itself or is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    if _calls_init(tree):
        return text
    lines = text.splitlines(keepends=True)
    place = _end_of_head(tree)
    if place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += "\n"
    return "".join([*lines[:place], _CALL, *lines[place:]])


def _calls_init(tree: ast.Module) -> bool:
    """Whether something of our name is imported, and a method ``init`` called: good enough for what people write."""
    imported = any(
        name.partition(".")[0] in _PACKAGES
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    )
    called = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "init"
        for node in ast.walk(tree)
    )
    return imported and called


def _end_of_head(tree: ast.Module) -> int:
    """The last line of what has to come first in a program, 0 if nothing has to."""
    end = 0
    for number, node in enumerate(tree.body):
        is_docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        end = node.end_lineno or 0
    return end
