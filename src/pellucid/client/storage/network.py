"""How long to wait for object stores, and how often to try again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.errors import UsageError
from pellucid.base.version import __version__

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

QUICK_SECONDS: Final = 5
"""For each answer that somebody waits for, who would rather go on than wait for long."""

_PART_SECONDS: Final = 600
"""For a part of a big file, on a slow line."""


def client_options(*, plain: bool, verify: bool | str = True, quick: bool = False) -> ClientConfig:
    """Limits of a connection.

    Args:
        plain: whether it is not encrypted.
        verify: whether certificates are checked, or the path of a bundle to check them with.
        quick: whether to give up soon.

    Raises:
        UsageError: the bundle can't be read.
    """
    seconds = QUICK_SECONDS if quick else _PART_SECONDS
    options: ClientConfig = {
        "allow_http": plain,
        "allow_invalid_certificates": verify is False,
        "connect_timeout": timedelta(seconds=min(seconds, 15)),
        "timeout": timedelta(seconds=seconds),
        "user_agent": f"pellucid/{__version__}",
    }
    if isinstance(verify, str):
        try:
            options["root_certificate"] = Path(verify).expanduser().read_bytes()
        except OSError as error:
            raise UsageError(f"verify is {verify!r}, which can't be read: {error}") from error
    return options


def retry_config(*, quick: bool) -> RetryConfig:
    """How often what failed is tried again, before whoever asked does so."""
    return {"max_retries": 1 if quick else 4, "retry_timeout": timedelta(seconds=QUICK_SECONDS if quick else 120)}
