"""What consoles do not show."""

from __future__ import annotations

import pytest

from pellucid.agent.secrets import Mask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("clone https://me:pass@host/x.git", "clone https://****@host/x.git"),
        ("clone https://ghp_token@host/x.git", "clone https://****@host/x.git"),
        ("https://oauth2:a:b@c@host/x", "https://****@host/x"),
        ("ssh://git:pass@host/x", "ssh://****@host/x"),
        ("ssh://git@host/x", "ssh://git@host/x"),
        ("see https://host/x@v2 and me@host", "see https://host/x@v2 and me@host"),
        ("two: http://a:b@c/ http://d@e", "two: http://****@c/ http://****@e"),
    ],
)
def test_what_stands_before_a_host(text: str, shown: str) -> None:
    """Is nobody's business, be it a password or a token; the name of SSH's account is no secret."""
    assert Mask([])(text) == shown


def test_what_is_known() -> None:
    """Wherever it stands; what is too short would be found everywhere."""
    assert Mask(["secret", "sec", None])("a secret: sec") == "a ****: sec"
