"""The cells of a notebook as a program that Python executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def script_of_cells(cells: Iterable[str]) -> str:
    """Cells with code, one after the other; what only IPython understands stands there as comments."""
    return "\n\n".join("\n".join(_lines(cell)) for cell in cells) + "\n"


def _lines(cell: str) -> Iterator[str]:
    is_other_language = cell.lstrip().startswith("%%")
    for line in cell.splitlines():
        is_magic = line.lstrip().startswith(("%", "!")) or "get_ipython()" in line
        yield f"# {line}" if is_other_language or is_magic else line
