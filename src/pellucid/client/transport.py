"""HTTP as the client uses it: kept connections, time limits, and two kinds of failure.

Nothing is repeated here. A connection that has been idle is dropped instead of used, because the server may be
closing it at the very moment at which we write: whether such a request was carried out, nobody can tell.
"""

from __future__ import annotations

import os
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import urllib3

from pellucid.base.errors import ServerUnavailableError

_REUSE_WITHIN: Final = 2.0
"""Seconds of idleness after which a kept connection is dropped; common servers close theirs after five."""

_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


class Timeout(NamedTuple):
    """Limits in seconds: to connect, and to wait for the next bytes of an answer."""

    connect: float = 3.0
    read: float = 30.0


class Transport:
    """Connections to one server; may be used by several threads."""

    def __init__(self, host: str, *, verify: bool | str, timeout: Timeout) -> None:
        """Connect to nothing yet.

        Args:
            host: address of the server, such as ``https://tracker.example.com``.
            verify: whether certificates are checked, or the path of a bundle to check them with.
            timeout: limits of each request.
        """
        self._pool = _open_pool(host, verify)
        self._timeout = timeout
        self._last_used = time.monotonic()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None = None,
        stream: bool = False,
        read_timeout: float | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Send a request once.

        Args:
            method: HTTP method.
            url: whole address.
            headers: all headers; with an iterable body there must be a ``Content-Length``.
            body: what to send.
            stream: leave the body of the answer to be read by the caller.
            read_timeout: another limit in seconds for this answer.

        Raises:
            ServerUnavailableError: no answer came: refused, timed out, cut off.
        """
        if time.monotonic() - self._last_used > _REUSE_WITHIN:
            self._pool.clear()
        timeout = urllib3.Timeout(connect=self._timeout.connect, read=read_timeout or self._timeout.read)
        # A generator is what urllib3's annotations leave out of what its code accepts.
        options: dict[str, Any] = {"body": body, "preload_content": not stream}
        try:
            return self._pool.request(
                method, url, headers=dict(headers), timeout=timeout, retries=False, redirect=False, **options
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ServerUnavailableError(f"{method} {url}: {error}") from error
        finally:
            self._last_used = time.monotonic()

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        self._pool.clear()


def _open_pool(host: str, verify: bool | str) -> urllib3.PoolManager:
    options: dict[str, Any] = {"maxsize": 8}
    if isinstance(verify, str):
        options["ca_certs"] = verify
    elif not verify:
        options["cert_reqs"] = "CERT_NONE"
    proxy = _proxy_for(host)
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _proxy_for(host: str) -> str | None:
    """The proxy that the environment names for a server; a server on this machine needs none."""
    address = urllib.parse.urlsplit(host)
    name = address.hostname or ""
    if name in _LOOPBACK or not any(key.lower().endswith("_proxy") for key in os.environ):
        return None
    return None if urllib.request.proxy_bypass(name) else urllib.request.getproxies().get(address.scheme)
