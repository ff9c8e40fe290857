"""The addresses of a server's parts, guessed from one of them."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlsplit

_PORTS: Final = {"web": 8080, "api": 8008, "files": 8081}
_NAMES: Final = {"web": "app", "api": "api", "files": "files"}


class Addresses(NamedTuple):
    """Addresses of the API, the web page and the file server."""

    api: str
    web: str
    files: str


def guess_addresses(address: str) -> list[Addresses]:
    """What the addresses of a server may be, the likeliest first: those of a Pellucid server, which has one port for
    all; else three ports of one machine (8080, 8008, 8081), or three names of one domain (app, api, files).

    Args:
        address: of any of the three.
    """
    whole = address.rstrip("/")
    guesses = [Addresses(whole, whole, f"{whole}/files")]
    parts = urlsplit(whole)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    first, _, domain = host.partition(".")
    if first in _NAMES.values() and domain:
        port = f":{parts.port}" if parts.port else ""
        named = {part: f"{parts.scheme}://{name}.{domain}{port}" for part, name in _NAMES.items()}
        guesses.append(Addresses(**named))
    if parts.port in (None, *_PORTS.values()):
        guesses.append(Addresses(**{part: f"{parts.scheme}://{shown}:{port}" for part, port in _PORTS.items()}))
    return guesses
