"""Write the file that says which server to use, and who you are to it.

Asks for what is not given. The file is written once the server has let you in; one that is there is left alone.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.base.addresses import Addresses, guess_addresses
from pellucid.base.clearml_conf import chosen_conf_file, parse_conf, write_conf
from pellucid.base.connection import Connection
from pellucid.base.errors import RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.cli.connection import open_client
from pellucid.cli.guard import guarded
from pellucid.wire import server
from pellucid.wire.auth import Nothing

_ATTEMPTS: Final = 2

_LOCAL: Final = "http://127.0.0.1:8008"

_GREETING: Final = """\
Paste the credentials as the settings page of the server's web app shows them (api {{ … }}), and an empty line behind;
or only press Enter to type them one by one.
"""


class _Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has said; ``None`` for what is still to be asked or guessed."""

    api: str | None = None
    web: str | None = None
    files: str | None = None
    access_key: str | None = None
    secret_key: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that would be asked for."""
    parser.add_argument("--file", "-F", type=Path, help="the file (default: the one in use, else ~/clearml.conf)")
    parser.add_argument("--api-host", metavar="URL", help="address of the server, or of its API")
    parser.add_argument("--web-host", metavar="URL", help="address of the web page, if it is another one")
    parser.add_argument("--files-host", metavar="URL", help="address of the file server, if it is another one")
    parser.add_argument("--access-key", metavar="KEY", help="half of the credentials")
    parser.add_argument(
        "--secret-key",
        metavar="KEY",
        help="the other half; - reads it from standard input, as others may see arguments",
    )
    parser.add_argument("--no-input", action="store_true", help="ask for nothing: what is not given is an error")


def run(arguments: argparse.Namespace) -> int:
    """Ask, try, write."""
    path = (arguments.file or chosen_conf_file(os.environ)).expanduser().absolute()
    if path.exists():
        print(f"{path} exists, and is left as it is; remove it, or name another file with --file")
        return 0
    given = _Answers(
        api=arguments.api_host,
        web=arguments.web_host,
        files=arguments.files_host,
        access_key=arguments.access_key,
        secret_key=sys.stdin.readline().strip() if arguments.secret_key == "-" else arguments.secret_key,
    )
    connection = _connect_at_once(given) if arguments.no_input else _ask_and_connect(given)
    write_conf(path, connection)
    print(f"{path} is written: {connection.api_host} lets {connection.access_key} in")
    return 0


def clearml_init(arguments: Sequence[str] | None = None) -> int:
    """``clearml-init``: the same, with the same options.

    Args:
        arguments: the words after the command; those of this process by default.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="clearml-init", description=__doc__)
    add_arguments(parser)
    chosen = parser.parse_args(arguments)
    return guarded("clearml-init", lambda: run(chosen))


def _connect_at_once(given: _Answers) -> Connection:
    for option, value in (
        ("--api-host", given.api),
        ("--access-key", given.access_key),
        ("--secret-key", given.secret_key),
    ):
        if not value:
            raise UsageError(f"{option} is missing, and --no-input says that nothing is to be asked")
    return _connect(given)


def _ask_and_connect(given: _Answers) -> Connection:
    """Ask until the server lets us in, twice at most."""
    for attempt in range(1, _ATTEMPTS + 1):
        answers = _ask(given)
        try:
            return _connect(answers)
        except (RequestRefusedError, ServerUnavailableError, UsageError) as error:
            if attempt == _ATTEMPTS:
                raise
            print(f"That does not do: {error}", file=sys.stderr)
    raise AssertionError


def _ask(given: _Answers) -> _Answers:
    """Ask for what is missing."""
    if not (given.api and given.access_key and given.secret_key):
        given = _merged(given, _pasted())
    return _Answers(
        api=given.api or _line("Address of the server", _LOCAL),
        web=given.web,
        files=given.files,
        access_key=given.access_key or _line("Access key"),
        secret_key=given.secret_key or _secret("Secret key"),
    )


def _pasted() -> _Answers:
    print(_GREETING.format())
    lines = []
    for line in sys.stdin:
        if not line.strip():
            break
        lines.append(line)
    text = "".join(lines).strip()
    if not text:
        return _Answers()
    values = parse_conf(text, "what was pasted")
    return _Answers(
        api=_value(values, "api.api_server", "api_server"),
        web=_value(values, "api.web_server", "web_server"),
        files=_value(values, "api.files_server", "files_server"),
        access_key=_value(values, "api.credentials.access_key", "credentials.access_key", "access_key"),
        secret_key=_value(values, "api.credentials.secret_key", "credentials.secret_key", "secret_key"),
    )


def _value(values: Mapping[str, Any], *keys: str) -> str | None:
    return next((str(values[key]) for key in keys if values.get(key)), None)


def _merged(first: _Answers, second: _Answers) -> _Answers:
    names = _Answers.__struct_fields__
    return _Answers(**{name: getattr(first, name) or getattr(second, name) for name in names})


def _line(what: str, usual: str = "") -> str:
    return _read(f"{what}{f' [{usual}]' if usual else ''}: ", input) or usual


def _secret(what: str) -> str:
    return _read(f"{what}: ", getpass.getpass if sys.stdin.isatty() else input)


def _read(prompt: str, read: Callable[[str], str]) -> str:
    try:
        return read(prompt).strip()
    except EOFError:
        raise UsageError(
            "standard input has ended before everything was said; see the options, and --no-input"
        ) from None


def _connect(answers: _Answers) -> Connection:
    """The server's addresses, once it has let us in.

    Raises:
        UsageError: an address is none, or half of the credentials is missing.
        ServerError: nobody is there, or we are not let in.
    """
    assert answers.api is not None
    first: Exception | None = None
    if not (answers.access_key and answers.secret_key):
        raise UsageError("access key and secret key are both needed")
    if not answers.api.startswith(("http://", "https://")):
        raise UsageError(f"the server's address is {answers.api!r}; allowed is one such as {_LOCAL}")
    for guess in guess_addresses(answers.api):
        try:
            return _try(guess, answers)
        except ServerUnavailableError as error:
            first = first or error
    assert first is not None
    raise first


def _try(guess: Addresses, answers: _Answers) -> Connection:
    connection = Connection(
        api_host=guess.api,
        web_host=answers.web or guess.web,
        files_host=answers.files or guess.files,
        access_key=answers.access_key,
        secret_key=answers.secret_key,
    )
    # The client logs in with its first request.
    if open_client(connection).send(server.INFO, Nothing()).pellucid is None and guess == guess_addresses(guess.api)[0]:
        # An API of other make, by its own address: its page and its files are elsewhere.
        others = [one for one in guess_addresses(guess.api) if one.api == guess.api]
        web, files = others[-1].web, others[-1].files
        return msgspec.structs.replace(connection, web_host=answers.web or web, files_host=answers.files or files)
    return connection
