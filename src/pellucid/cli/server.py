"""Run the server: API, files and web page on one port.

Prints one line when it is ready, with the address and the place of the first credentials; these are made at the
first start, or taken from PELLUCID_ADMIN_ACCESS_KEY and PELLUCID_ADMIN_SECRET_KEY. More users come from a file, or
from "pellucid user". Ctrl-C or SIGTERM finishes the requests in flight, within ten seconds. A busy port, a data folder
that cannot be used, or an address that is open to other machines before anybody has chosen credentials, is told in
one line, with exit code 2.

A users file is applied at each start; it holds hashes of secrets, as "pellucid user key hash" makes them:

    [users.ada]
    name = "Ada Lovelace"
    role = "admin"              # or "user", which is the default

    [[users.ada.keys]]
    access_key = "..."
    secret_hash = "scrypt$..."
    label = "laptop"

Keys that are no longer in the file are revoked.
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
    parser.add_argument(
        "--users",
        type=Path,
        metavar="FILE",
        help="users and their keys (default: users.toml in the data folder)",
    )
    parser.add_argument(
        "--compat-ports",
        nargs="?",
        type=_two_ports,
        const=(8080, 8081),
        metavar="WEB,FILES",
        help="listen on two more ports for clients that expect page and files on their own (8080,8081)",
    )
    parser.add_argument(
        "--data", type=_folder, metavar="DIR", help="folder for all data (default: your own data folder)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    try:
        from pellucid.server.serve import ServeError, run_server  # a training environment has no web framework
    except ModuleNotFoundError as error:
        print(f"pellucid server: {error}; install it with: pip install 'pellucid[server]'", file=sys.stderr)
        return 2
    data = arguments.data or server_folder(writable_home(os.environ))
    try:
        return run_server(
            host=arguments.host,
            port=arguments.port,
            data=data.absolute(),
            database=arguments.db,
            users=arguments.users,
            compat_ports=arguments.compat_ports,
        )
    except ServeError as error:
        print(f"pellucid server: {error}", file=sys.stderr)
        return 2


def _folder(text: str) -> Path:
    # An unset variable in a script must not mean the present folder.
    if not text:
        raise argparse.ArgumentTypeError("is empty; give a folder")
    return Path(text)


def _two_ports(text: str) -> tuple[int, int]:
    web, _, files = text.partition(",")
    return int(web), int(files)
