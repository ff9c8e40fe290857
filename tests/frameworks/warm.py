"""Runs scripts in copies of a process that has imported heavy libraries already: their imports take longest.

python warm.py        reads orders, a line of JSON each, and writes the exit code of each script
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import sys
from typing import Any


def main() -> Any:
    """Follow orders; returns one in the copy that is to run it, ``None`` when there are no more."""
    for line in sys.stdin:
        order = json.loads(line)
        for name in order["imported"]:
            importlib.import_module(name)
        child = os.fork()
        if child == 0:
            return order
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def run(order: Any) -> None:
    """Be the script."""
    for number, place in enumerate([os.devnull, order["output"], order["errors"]]):
        file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    signal.alarm(order["seconds"])
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv = [order["script"], *order["arguments"]]
    sys.path[0] = order["folder"]
    runpy.run_path(order["script"], run_name="__main__")


if __name__ == "__main__":
    todo = main()
    if todo is not None:
        run(todo)
