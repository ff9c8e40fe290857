"""Send the journals of runs that no uploader is sending, such as offline runs, to the server."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pellucid.base.connection import Connection
from pellucid.base.errors import PellucidError
from pellucid.base.paths import runs_folder
from pellucid.base.settings import load_settings
from pellucid.cli.connection import add_json_option, current_connection
from pellucid.cli.output import print_json
from pellucid.uploader.sync import sync_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which runs."""
    parser.add_argument("folder", nargs="*", type=Path, help="folders of runs (default: all of yours)")
    add_json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ship each run to its end; one that can't be sent does not keep the others here."""
    folders = arguments.folder or sorted(runs_folder(load_settings().home).glob("*/"))
    connection = current_connection() if folders else None
    report = []
    for folder in folders:
        assert connection is not None
        outcome = _sync(folder, connection)
        report.append(outcome)
        if not arguments.json:
            print(f"{folder.name}: {'sent' if outcome['finished'] else 'not finished'}")
            for sentence in outcome["refused"]:
                print(f"  {sentence}")
    if arguments.json:
        print_json(report)
    elif not folders:
        print("Nothing to send.")
    return 0 if all(outcome["finished"] for outcome in report) else 1


def _sync(folder: Path, connection: Connection) -> dict[str, Any]:
    try:
        progress = sync_folder(folder, connection)
    except (PellucidError, OSError) as error:
        return {"folder": str(folder), "finished": False, "refused": [str(error)]}
    return {"folder": str(folder), "finished": progress.finished, "refused": progress.refused}
