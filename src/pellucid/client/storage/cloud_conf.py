"""What ``clearml.conf`` and the environment say about object stores (sdk-surface §5.1, §5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pellucid.base.clearml_conf import conf_file, read_conf
from pellucid.base.errors import UsageError
from pellucid.client.storage.own_credentials import given

_SUBSTITUTION: Final = "sdk.storage.path_substitution"


def cloud_conf(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """The values of the configuration file by their dotted path, with what the program itself has given before them.

    Raises:
        UsageError: the file can't be used.
    """
    path = conf_file(environ)
    conf = {} if path is None else dict(read_conf(path))
    for section, own in given(environ).items():
        conf[section] = [*own, *entries(conf, section)]
    return conf


def substituted(url: str, conf: Mapping[str, Any]) -> str:
    """The address under which this machine finds what another has registered (sdk-surface §5.3).

    Args:
        url: the registered address.
        conf: its ``sdk.storage.path_substitution`` says which beginnings of addresses are to be replaced by which, such
            as a bucket by a folder where it is mounted; the first that fits holds.

    Raises:
        UsageError: that is no list of sections.
    """
    for entry in entries(conf, _SUBSTITUTION):
        registered, local = text(entry, "registered_prefix"), text(entry, "local_prefix")
        if registered and local and url.startswith(registered):
            return f"{local}{url.removeprefix(registered)}"
    return url


def entries(conf: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """A list of sections, such as one for each bucket.

    Raises:
        UsageError: it is something else.
    """
    found = conf.get(key) or []
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise UsageError(f"{key} is {found!r}; allowed is a list of sections")
    return found


def text(values: Mapping[str, Any], key: str) -> str | None:
    """A value that is set to something."""
    found = values.get(key)
    return str(found).strip() or None if found not in (None, "") else None


def switch(values: Mapping[str, Any], key: str, *, otherwise: bool) -> bool:
    """A value that is true or false.

    Raises:
        UsageError: it is neither.
    """
    found = values.get(key)
    if found in (None, ""):
        return otherwise
    word = str(found).strip().lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off"):
        return False
    raise UsageError(f"{key} is {found!r}; allowed are true and false")
