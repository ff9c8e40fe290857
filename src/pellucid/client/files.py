"""Storing, fetching and removing files on a file server (protocol §1.11)."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

import urllib3

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError
from pellucid.client.session import Body, Client, is_unavailable
from pellucid.client.storage.place import CHUNK, save
from pellucid.wire.files import SLOWEST_UPLOAD, UPLOAD, UPLOAD_LENGTH, UPLOAD_OFFSET, file_url

_REDIRECTS: Final = {301, 302, 303, 307, 308}
_MOST_REDIRECTS: Final = 5

_RESUMABLE: Final = 8 << 20
"""Bytes from which on a file is not simply sent again when it broke off."""


class FilesClient:
    """The files of one file server.

    A Pellucid server takes a file as the body of a ``PUT``; others want a form in a ``POST``. Which one this server is
    turns out with the first upload.
    """

    def __init__(self, client: Client, files_host: str) -> None:
        """Use a client's session.

        Args:
            client: whose token to send.
            files_host: address of the file server. The token is sent nowhere else.
        """
        self._client = client
        self._host = files_host.rstrip("/")
        self._takes_put: bool | None = None

    def upload(self, source: Path, path: str, sha256: str = "") -> str:
        """Store a file, replacing one of the same path.

        Args:
            source: the file. It is read piece by piece; what is added to it meanwhile is left out.
            path: where to store it, not URL-quoted.
            sha256: of the content, in hexadecimal. If it is known, a big file that broke off goes on from where it had
                got to, if the server is Pellucid's.

        Returns:
            The address of the stored file.

        Raises:
            OSError: the file can't be read, or became shorter while it was.
            ServerUnavailableError: no usable answer came.
            RequestRefusedError: the server said no.
        """
        path = path.lstrip("/")
        if self._takes_put is not False and (self._resume(source, path, sha256) or self._put(source, path)):
            self._takes_put = True
        else:
            self._post(source, path)
            self._takes_put = False
        return file_url(self._host, path)

    def download(self, url: str, target: Path) -> str:
        """Fetch a file into a file, which is the whole one or not there.

        Args:
            url: the stored address.
            target: where to write; its folder must exist.

        Returns:
            SHA-256 of the content, in hexadecimal.

        Raises:
            OSError: the target can't be written.
            ServerUnavailableError: no usable answer came, or the file was cut off.
            RequestRefusedError: the server said no; code 404 if it has no such file.
        """
        return save(self.content(url), target)

    def delete(self, url: str) -> bool:
        """Remove a file by its stored address; whether there was one."""
        response = self._client.request("DELETE", url, authorize=self._is_ours(url))
        if response.status == HTTPStatus.NOT_FOUND:
            return False
        _check("DELETE", url, response)
        return True

    def _resume(self, source: Path, path: str, sha256: str) -> bool:
        """Whether the server takes the rest of a file, and this is one that is worth it."""
        size = source.stat().st_size
        if not sha256 or size < _RESUMABLE:
            return False
        url = f"{file_url(self._host, path)}?{UPLOAD}={sha256}"
        told = self._client.request("HEAD", url).headers.get(UPLOAD_OFFSET, "")
        if not told.isdigit() or int(told) > size:
            return False
        offset = int(told)
        more = {UPLOAD_OFFSET: told, UPLOAD_LENGTH: str(size)}
        kind = "application/octet-stream"
        response = self._send("PATCH", url, lambda: _read(source, size - offset, offset), size - offset, kind, more)
        if response.status == HTTPStatus.CONFLICT:
            raise ServerUnavailableError(f"PATCH {url}: {response.data[:200].decode('utf-8', 'replace')}")
        _check("PATCH", url, response)
        return True

    def _put(self, source: Path, path: str) -> bool:
        """Whether the server takes a ``PUT``."""
        url = file_url(self._host, path)
        size = source.stat().st_size
        try:
            response = self._send("PUT", url, lambda: _read(source, size), size, _content_type(path))
        except ServerUnavailableError:
            if self._takes_put:
                raise
            return False  # it may have hung up on a method that it doesn't know; if it is away, the form fails too
        if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            return False
        _check("PUT", url, response)
        return True

    def _post(self, source: Path, path: str) -> None:
        url = f"{self._host}/"
        size = source.stat().st_size
        boundary = secrets.token_hex(16)
        head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="/{path}"; filename="/{path}"\r\n'
            f"Content-Type: {_content_type(path)}\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()

        def body() -> Iterator[bytes]:
            yield head
            yield from _read(source, size)
            yield tail

        length = len(head) + size + len(tail)
        _check("POST", url, self._send("POST", url, body, length, f"multipart/form-data; boundary={boundary}"))

    def _send(
        self,
        method: str,
        url: str,
        body: Body,
        length: int,
        content_type: str,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": content_type, "Content-Length": str(length), **more}
        read_timeout = max(30.0, length / SLOWEST_UPLOAD)
        return self._client.request(method, url, headers=headers, body=body, read_timeout=read_timeout)

    def find(self, url: str) -> int | None:
        """How many bytes there are under a stored address, -1 if the server does not say; ``None`` for no file."""
        response = self._request("HEAD", url)
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        _check("HEAD", url, response)
        size = response.headers.get("Content-Length", "")
        return int(size) if size.isdigit() else -1

    def content(self, url: str) -> Iterator[bytes]:
        """The content of a file by its stored address, in pieces; see ``download`` for what is raised."""
        response = self._request("GET", url, stream=True)
        try:
            _check("GET", url, response)
            yield from response.stream(CHUNK, decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise ServerUnavailableError(f"GET {url}: {error}") from error
        finally:
            response.close()

    def _request(self, method: str, url: str, *, stream: bool = False) -> urllib3.BaseHTTPResponse:
        """Ask for a file, wherever its address leads; our token goes to our server only."""
        for _ in range(_MOST_REDIRECTS):
            response = self._client.request(method, url, authorize=self._is_ours(url), stream=stream)
            target = response.headers.get("Location")
            if response.status not in _REDIRECTS or not target:
                break
            response.close()
            url = urljoin(url, target)
        return response

    def _is_ours(self, url: str) -> bool:
        return url.startswith(f"{self._host}/")


def _read(source: Path, size: int, start: int = 0) -> Iterator[bytes]:
    """So many bytes of a file that may be growing."""
    with source.open("rb") as file:
        file.seek(start)
        while size > 0:
            chunk = file.read(min(size, CHUNK))
            if not chunk:
                raise OSError(f"{source} became shorter while it was being uploaded")
            size -= len(chunk)
            yield chunk


def _content_type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def _check(method: str, url: str, response: urllib3.BaseHTTPResponse) -> None:
    if response.status == HTTPStatus.OK:
        return
    if is_unavailable(response.status):
        raise ServerUnavailableError(f"{method} {url}: HTTP {response.status}")
    message = response.data[:200].decode("utf-8", "replace")
    raise RequestRefusedError(f"{method} {url}", response.status, 0, message or response.reason or "")
