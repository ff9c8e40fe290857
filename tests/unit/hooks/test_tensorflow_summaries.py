"""``tf.summary`` as a program uses it is in ``tests/frameworks/test_apart.py``; here is what needs no TensorFlow."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from pellucid.hooks import guard
from pellucid.hooks.tensorflow_summaries import patch


def module(**content: Any) -> Any:
    """A module with something in it."""
    made = ModuleType("part")
    vars(made).update(content)
    return made


@pytest.mark.parametrize("listens", [True, False])
def test_what_is_written_is_the_program_s(listens: bool) -> None:
    """A tensor that is not asked for is not made; hooks that were taken out leave nothing."""
    written: list[Any] = []

    def write(tag: str, tensor: Any, step: Any = None, metadata: Any = None, name: Any = None) -> bool:
        written.append((tag, step))
        return False

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("nobody has asked for it")

    summary = module(create_file_writer=refuse, write=write, experimental=module(write_raw_pb=refuse))
    copy = module(experimental=module())
    library = module(summary=summary, compat=module(v2=module(summary=copy)))
    undo = patch(library, lambda: object() if listens else None)  # type: ignore[arg-type,return-value]  # never used

    with guard.loud_errors():
        assert summary.write("loss", refuse, step=3) is False
    assert written == [("loss", 3)]
    undo()
    assert summary.write is write
