"""Keeps what an agent knows and nobody else should from the consoles of its tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SHORTEST: Final = 6
"""Characters: a shorter text would be found everywhere."""

_IN_ADDRESS: Final = re.compile(r"(?P<scheme>https?://|ssh://(?=[^/\s@:]*:))[^/\s]+@")
"""Everything before the last ``@`` of an address: a token may stand in the place of the name, and hold any of ``:@``.
The name alone is no secret of SSH, where it is ``git`` mostly."""


class Mask:
    """Replaces secrets in texts."""

    def __init__(self, secrets: Iterable[str | None]) -> None:
        """Know some secrets; passwords in addresses are known by their place."""
        known = sorted({secret for secret in secrets if secret and len(secret) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub("****", text)
        return _IN_ADDRESS.sub(r"\g<scheme>****@", text) if "://" in text else text
