"""What the requests of all ``*.get_all`` endpoints have in common (protocol §2.0)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from pellucid.wire.action import Request

OneOrMany: TypeAlias = str | list[str | None]
"""A list filter; a scalar stands for a list of one."""

PageNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""Counted from zero."""


class Query(Request, frozen=True):
    """Filters, projection, order and page that every listing understands.

    Attributes:
        id: any of these ids; also finds hidden rows.
        name: regular expression, searched for, case-sensitive.
        only_fields: dotted paths to return; ``id`` always comes along.
        order_by: dotted fields, ``-`` in front for descending.
        page: zero-based page, with ``page_size`` rows (at most 500, and 500 by default).
        search_hidden: whether rows with the system tag ``hidden`` are found.
    """

    id: OneOrMany | None = None
    name: str | None = None
    tags: OneOrMany | None = None
    system_tags: OneOrMany | None = None
    only_fields: str | list[str] | None = None
    order_by: str | list[str] | None = None
    page: PageNumber | None = None
    page_size: int | None = None
    search_hidden: bool | None = None
    search_text: str | None = None
