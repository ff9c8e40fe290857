"""Add, list and remove users and their keys.

Asks the server, as an administrator, or with --data or --db changes the data itself, whether a server runs on it or
not: so the first user of a server that other machines may reach is made before it starts. A key that is removed is
refused at once, and so is every token that was got with it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from pellucid.base.errors import UsageError
from pellucid.base.paths import server_folder, writable_home
from pellucid.cli.connection import add_json_option, open_client
from pellucid.cli.output import ago, print_json, print_table
from pellucid.wire import auth, users
from pellucid.wire.action import Action, RequestT, ResponseT


class _Caller(Protocol):
    """A server, or the data of one."""

    def send(self, action: Action[RequestT, ResponseT], request: RequestT) -> ResponseT: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs; those for keys are behind ``key``."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    add = _verb(verbs, "add", "add a user with a first key, and print it: its secret is not shown again", _add)
    add.add_argument("user", help="id, such as a login name")
    add.add_argument("--name", help="what to call the user (default: the id)")
    add.add_argument("--role", choices=list(auth.Role), default=auth.Role.user, help="default: %(default)s")
    _verb(verbs, "ls", "list the users", _list)
    _verb(verbs, "rm", "remove a user with all keys; tasks and models stay", _remove).add_argument("user")

    key = verbs.add_parser("key", help="add, list and remove keys").add_subparsers(metavar="VERB", required=True)
    add = _verb(key, "add", "add a key to a user, and print it: its secret is not shown again", _add_key)
    add.add_argument("user")
    add.add_argument("--label", default="", help="what the key is for")
    _verb(key, "ls", "list the keys of a user", _list_keys).add_argument("user")
    _verb(key, "rm", "revoke a key", _remove_key).add_argument("access_key")
    making = key.add_parser("hash", help="make a key for a users file, and print it with its entry")
    making.add_argument("user")
    making.set_defaults(make=_hash)


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    if "make" in arguments:
        arguments.make(arguments)
        return 0
    with _caller(arguments) as caller:
        arguments.act(caller, arguments)
    return 0


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    description: str,
    act: Callable[[_Caller, argparse.Namespace], None],
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=description, description=description)
    verb.add_argument("--data", type=Path, metavar="DIR", help="change the data in this folder, not by asking a server")
    verb.add_argument("--db", metavar="URL", help="change the data in this database, not by asking a server")
    add_json_option(verb)
    verb.set_defaults(act=act)
    return verb


@contextmanager
def _caller(arguments: argparse.Namespace) -> Iterator[_Caller]:
    if arguments.data is None and arguments.db is None:
        with closing(open_client()) as client:
            yield client
        return
    # A training environment has neither a database nor a web framework.
    from pellucid.server.direct import DirectCaller
    from pellucid.store.errors import StoreError
    from pellucid.store.opening import open_store

    data = arguments.data or server_folder(writable_home(os.environ))
    try:
        store = open_store(data.absolute(), arguments.db)
    except (OSError, ValueError, StoreError) as error:
        raise UsageError(f"cannot use {'the database' if arguments.db else data}: {error}") from error
    with closing(store):
        yield DirectCaller(store)


def _add(caller: _Caller, arguments: argparse.Namespace) -> None:
    wanted = auth.CreateUser(id=arguments.user, name=arguments.name or arguments.user, role=auth.Role(arguments.role))
    caller.send(auth.CREATE_USER, wanted)
    _give_key(caller, arguments, label="first key")


def _add_key(caller: _Caller, arguments: argparse.Namespace) -> None:
    _give_key(caller, arguments, label=arguments.label)


def _give_key(caller: _Caller, arguments: argparse.Namespace, *, label: str) -> None:
    wanted = auth.CreateCredentials(user=arguments.user, label=label)
    pair = caller.send(auth.CREATE_CREDENTIALS, wanted).credentials
    if arguments.json:
        print_json({"user": arguments.user, "access_key": pair.access_key, "secret_key": pair.secret_key})
    else:
        print(f"PELLUCID_API_ACCESS_KEY={pair.access_key}\nPELLUCID_API_SECRET_KEY={pair.secret_key}")


def _list(caller: _Caller, arguments: argparse.Namespace) -> None:
    found: list[dict[str, str]] = []
    while len(page := caller.send(users.GET_ALL, users.GetAll(page=len(found) // 500, page_size=500)).users) == 500:
        found += page
    found += page
    if arguments.json:
        print_json(found)
    else:
        rows = [[user["id"], user["name"], user["role"], ago(user["created"])] for user in found]
        print_table(["ID", "NAME", "ROLE", "AGE"], rows)


def _remove(caller: _Caller, arguments: argparse.Namespace) -> None:
    caller.send(users.DELETE, users.Delete(user=arguments.user))


def _list_keys(caller: _Caller, arguments: argparse.Namespace) -> None:
    found = caller.send(auth.GET_CREDENTIALS, auth.GetCredentials(user=arguments.user)).credentials
    if arguments.json:
        print_json(found)
    else:
        rows = [[key.access_key, key.label, key.source, ago(key.last_used), key.last_used_from] for key in found]
        print_table(["ACCESS KEY", "LABEL", "SOURCE", "LAST USED", "FROM"], rows)


def _remove_key(caller: _Caller, arguments: argparse.Namespace) -> None:
    caller.send(auth.REVOKE_CREDENTIALS, auth.RevokeCredentials(access_key=arguments.access_key))


def _hash(arguments: argparse.Namespace) -> None:
    from pellucid.server.auth.credentials import hash_secret, new_key_pair  # it comes with the server

    pair = new_key_pair()
    print(f"PELLUCID_API_ACCESS_KEY={pair.access_key}\nPELLUCID_API_SECRET_KEY={pair.secret_key}\n")
    print(f"[[users.{arguments.user}.keys]]")
    print(f'access_key = "{pair.access_key}"\nsecret_hash = "{hash_secret(pair.secret_key)}"')
