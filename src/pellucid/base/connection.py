"""How to reach a server, and who we are to it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A server's addresses and a key pair.

    Travels as one line of JSON on the uploader's standard input, so that keys are on no command line and in no file.

    Attributes:
        api_host: address of the API.
        web_host: address of the web page.
        files_host: address of the file server.
        access_key: half of the credentials; ``None`` to go without.
        secret_key: the other half.
        verify: whether certificates are checked, or the path of a bundle to check them with.
    """

    api_host: str
    web_host: str
    files_host: str
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    verify: bool | str = True
