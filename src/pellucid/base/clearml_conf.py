"""``clearml.conf``, the configuration file that people have (HOCON, sdk-surface §5.3): read, and written anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.connection import Connection
from pellucid.base.errors import UsageError

_TEMPLATE: Final = """\
# Which server this machine's programs talk to, and how.
# All settings are described in the guide; environment variables (PELLUCID_…, CLEARML_…) win over this file.

api {{
    web_server: {web}
    api_server: {api}
    files_server: {files}
    credentials {{
        access_key: {access_key}
        secret_key: {secret_key}
    }}
}}

sdk {{
    # Where models and artifacts go unless a program or project says otherwise: a folder, s3://bucket/folder,
    # gs://bucket/folder, azure://account.blob.core.windows.net/container, or the file server if this is left out.
    # development.default_output_uri: "s3://bucket/folder"

    # Keys of object stores; AWS_…, GOOGLE_APPLICATION_CREDENTIALS and AZURE_STORAGE_… do as well.
    # aws.s3.credentials: [{{bucket: "bucket", key: "…", secret: "…", region: "eu-north-1"}}]
    # aws.s3.credentials: [{{host: "minio.example:9000", key: "…", secret: "…", secure: true}}]
    # google.storage.credentials_json: "/path/of/service-account.json"
    # azure.storage.containers: [{{account_name: "…", account_key: "…", container_name: "…"}}]
}}
"""


def conf_file(environ: Mapping[str, str]) -> Path | None:
    """The file in use, if there is one: ``PELLUCID_CONFIG_FILE``, ``CLEARML_CONFIG_FILE``, else ``~/clearml.conf``.

    Raises:
        UsageError: a variable names a file that does not exist.
    """
    for variable in ("PELLUCID_CONFIG_FILE", "CLEARML_CONFIG_FILE"):
        if given := environ.get(variable):
            path = Path(given).expanduser()
            if not path.exists():
                raise UsageError(f"{variable}={given!r}: there is no such file")
            return path if path.is_file() else None  # /dev/null means: none
    try:
        path = Path.home() / "clearml.conf"
        return path if path.is_file() else None
    except (OSError, RuntimeError):
        return None  # no home, or one that can't be looked into


def chosen_conf_file(environ: Mapping[str, str]) -> Path:
    """Where the file is or would be: as ``conf_file``, whether it exists or not."""
    given = environ.get("PELLUCID_CONFIG_FILE") or environ.get("CLEARML_CONFIG_FILE")
    return Path(given).expanduser() if given else Path.home() / "clearml.conf"


def read_conf(path: Path) -> Mapping[str, Any]:
    """The values of a file by their dotted path; sections are left out.

    Raises:
        UsageError: the file can't be read, or is no HOCON.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{path} can't be read as a configuration: {error}") from error
    return parse_conf(text, path, folder=path.parent)


def parse_conf(text: str, source: object, *, folder: Path | None = None) -> Mapping[str, Any]:
    """The values of a text as of a file.

    Args:
        text: HOCON, of which JSON is a part.
        source: what to call it in an error.
        folder: where files are that it includes.

    Raises:
        UsageError: it is no HOCON.
    """
    # Costs a tenth of a second, which only those pay who have such a file.
    from pyhocon import ConfigFactory, ConfigTree
    from pyhocon.exceptions import ConfigException
    from pyparsing import ParseBaseException

    try:
        tree = ConfigFactory.parse_string(text, basedir=None if folder is None else str(folder))
    except (OSError, ConfigException, ParseBaseException) as error:
        raise UsageError(f"{source} can't be read as a configuration: {error}") from error
    if not isinstance(tree, ConfigTree):
        raise UsageError(f"{source} can't be read as a configuration: it is not an object")
    return dict(_flat(tree.as_plain_ordered_dict(), ""))


def write_conf(path: Path, connection: Connection) -> None:
    """Write a file that names a server and the key for it, which only its owner can read.

    Raises:
        OSError: it can't be written.
    """
    texts = {
        "web": connection.web_host,
        "api": connection.api_host,
        "files": connection.files_host,
        "access_key": connection.access_key,
        "secret_key": connection.secret_key,
    }
    # A text of JSON is one of HOCON, and nothing in it is expanded.
    text = _TEMPLATE.format(**{name: msgspec.json.encode(text).decode() for name, text in texts.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, text.encode(), mode=0o600)


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    values: list[tuple[str, Any]] = []
    for quoted, value in tree.items():
        key = prefix + quoted.strip('"')
        if isinstance(value, Mapping):
            values += _flat(value, f"{key}.")
        else:
            values.append((key, value))
    return values
