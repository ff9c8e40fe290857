"""``/docs``."""

from __future__ import annotations

import re

import pytest
from tests.unit.server.conftest import Api

from pellucid.server.app import endpoints


def test_the_page_names_every_action_and_asks_no_other_host(api: Api) -> None:
    """It needs neither scripts nor anything that its policy would forbid."""
    answer = api.http.get("/docs")

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert [name for name in endpoints() if f"<code>{name}</code>" not in answer.text] == []
    assert not re.search(r"<(script|img|link|iframe)|(src|href)=.?(https?:)?//", answer.text)


@pytest.mark.parametrize("path", ["/docs", "/docs/openapi.json"])
def test_it_is_there_for_everybody(api: Api, path: str) -> None:
    """It says what can be asked, not what is stored."""
    assert api.http.get(path).status_code == 200
