"""Check this machine: configuration and where each value comes from, data folder, server, runs not yet sent.

Prints one line per check, marked ok, note or bad. Exit code 1 if something is bad. No secret is printed.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from pellucid.base.errors import PellucidError
from pellucid.base.paths import runs_folder, writable_home
from pellucid.base.settings import Settings, load_settings
from pellucid.base.version import __version__
from pellucid.cli.connection import add_json_option, current_connection, open_client
from pellucid.cli.idle_variables import idle_variables
from pellucid.cli.output import print_json, print_table
from pellucid.wire import auth, server, users

_ENOUGH_DISK = 1 << 30


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    check: str
    verdict: Literal["ok", "note", "bad"]
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    add_json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run all checks."""
    findings = list(_findings())
    if arguments.json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table(["CHECK", "", "FINDING"], [[f.check, f.verdict, f.text] for f in findings])
    return 1 if any(finding.verdict == "bad" for finding in findings) else 0


def _findings() -> Iterator[Finding]:
    yield Finding("version", "ok", f"pellucid {__version__}, Python {platform.python_version()}, {platform.platform()}")
    try:
        settings = load_settings()
    except PellucidError as error:
        yield Finding("configuration", "bad", str(error))
        return
    yield from _configuration(settings)
    yield from _data_folder()
    yield from _unsent_runs(settings)
    yield from _server()


def _configuration(settings: Settings) -> Iterator[Finding]:
    origins = "; ".join(f"{name} from {source}" for name, source in sorted(settings.sources.items()))
    yield Finding("configuration", "ok", origins or "nothing is set: the local server of this user is used")
    for variable, reason in idle_variables(os.environ):
        yield Finding("variable", "note", f"{variable} changes nothing: {reason}")


def _data_folder() -> Iterator[Finding]:
    try:
        home = writable_home(os.environ)
    except OSError as error:
        yield Finding("data folder", "bad", str(error))
        return
    free = shutil.disk_usage(home).free
    verdict: Literal["ok", "bad"] = "ok" if free >= _ENOUGH_DISK else "bad"
    yield Finding("data folder", verdict, f"{home}, {free / (1 << 30):.1f} GiB free")


def _unsent_runs(settings: Settings) -> Iterator[Finding]:
    folders = sorted(runs_folder(settings.home).glob("*/"))
    size = sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())
    if folders:
        text = f"{len(folders)} run(s), {size / (1 << 20):.1f} MiB, running or not yet sent (pellucid sync sends them)"
        yield Finding("runs on disk", "note", text)
    else:
        yield Finding("runs on disk", "ok", "none is waiting to be sent")


def _server() -> Iterator[Finding]:
    try:
        connection = current_connection()
    except PellucidError as error:
        yield Finding("server", "note", str(error))
        return
    try:
        client = open_client(connection)
        begun = time.perf_counter()
        info = client.send(server.INFO, auth.Nothing())
        elapsed = time.perf_counter() - begun
        user = client.send(users.GET_CURRENT_USER, auth.Nothing()).user
    except PellucidError as error:
        yield Finding("server", "bad", f"{connection.api_host}: {error}")
        return
    make = f"pellucid {info.pellucid}" if info.pellucid else f"version {info.version}"
    yield Finding("server", "ok", f"{connection.api_host}, {make}, {elapsed * 1000:.0f} ms, logged in as {user.name}")
