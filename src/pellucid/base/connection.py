"""How to reach a server, and who we are to it."""

from __future__ import annotations

import msgspec


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A server's addresses and a key pair.

    Travels as one line of JSON on the uploader's standard input, so that keys are on no command line and in no file.

    Attributes:
        api_host: address of the API.
        web_host: address of the web page.
        files_host: address of the file server.
        access_key: half of the credentials; ``None`` to go without.
        secret_key: the other half.
        token: what to show in place of the two, as long as it is valid.
        verify: whether certificates are checked, or the path of a bundle to check them with.
    """

    api_host: str
    web_host: str
    files_host: str
    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None
    verify: bool | str = True

    def __repr__(self) -> str:
        """Where and who; no secret, as this may get into a log."""
        return f"Connection(api_host={self.api_host!r}, access_key={self.access_key!r})"
