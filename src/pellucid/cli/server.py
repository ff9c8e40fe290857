"""Run the server: API, files and web page on one port.

Prints one line when it is ready, with the address and the place of the first credentials; these are made at the
first start, or taken from PELLUCID_ADMIN_ACCESS_KEY and PELLUCID_ADMIN_SECRET_KEY. Ctrl-C or SIGTERM finishes the
requests in flight. A busy port, or a data folder that cannot be used, is told in one line, with exit code 2.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pellucid.base.paths import server_folder, writable_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, where to keep data."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine)")
    parser.add_argument("--port", type=int, default=8008, help="port to listen on, 0 for any (default: %(default)s)")
    parser.add_argument(
        "--db",
        metavar="URL",
        help="PostgreSQL database for all but the files, which several servers may share: "
        "postgresql://user@host:port/name, the password best in ~/.pgpass (default: SQLite in the data folder)",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder for all data (default: your own data folder)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    try:
        from pellucid.server.serve import ServeError, run_server  # a training environment has no web framework
    except ModuleNotFoundError as error:
        print(f"pellucid server: {error}; install it with: pip install 'pellucid[server]'", file=sys.stderr)
        return 2
    data = arguments.data or server_folder(writable_home(os.environ))
    try:
        return run_server(host=arguments.host, port=arguments.port, data=data.absolute(), database=arguments.db)
    except ServeError as error:
        print(f"pellucid server: {error}", file=sys.stderr)
        return 2
