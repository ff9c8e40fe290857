"""Tests of ``pellucid.sdk.init_call``."""

from __future__ import annotations

import pytest

from pellucid.sdk.init_call import with_init_call

CALL = """\
try:
    from pellucid import Task as _Task
except ImportError:
    from clearml import Task as _Task
_Task.init()
"""


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("", "print(1)\n"),
        ("", ""),
        ('"""What it does."""\n', "import os\n"),
        ('"""What\nit does."""\nfrom __future__ import annotations\n', "import os\n"),
        ("# A comment.\nfrom __future__ import annotations\n", "\nx = 1"),
    ],
)
def test_the_call_is_put_behind_what_has_to_come_first(head: str, rest: str) -> None:
    """And nothing else changes; what comes out is a program."""
    changed = with_init_call(head + rest)

    assert changed == head + CALL + rest
    compile(changed, "script", "exec")


def test_a_docstring_without_an_end_of_line() -> None:
    """Gets one."""
    assert with_init_call('"""All of it."""') == f'"""All of it."""\n{CALL}'


@pytest.mark.parametrize(
    "text",
    [
        "from pellucid import Task\nTask.init('a', 'b')\n",
        "from clearml import Task as T\n\ndef main():\n    T.init()\n",
        "import clearml\nclearml.Task.init()\n",
        "this is no Python\n",
    ],
)
def test_what_calls_it_itself_is_left_alone(text: str) -> None:
    """So is what we can't read."""
    assert with_init_call(text) == text
