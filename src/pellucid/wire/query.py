"""What the requests of all ``*.get_all`` endpoints have in common (protocol §2.0)."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec

from pellucid.wire.action import Request

OneOrMany: TypeAlias = str | list[str | None]
"""A list filter; a scalar stands for a list of one."""

Range: TypeAlias = str | int | float | list[str | int | float | None]
"""Comparisons such as ``>=2026-01-02`` that all hold, or a list of least and greatest, ``None`` for an open end."""

PageNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""Counted from zero."""


class FieldsFilter(Request, frozen=True):
    """A regular expression in any case of letters, or comparisons with moments, for several fields."""

    fields: list[str]
    pattern: str | None = None
    datetime: OneOrMany | None = None


class Members(Request, frozen=True):
    """Elements that a list must have, and must not have."""

    include: list[str | None] = []
    exclude: list[str | None] = []


class ListFilter(Request, frozen=True):
    """A list filter that is spelt out: ``op`` is ``and`` or ``or``, and joins what is given."""

    any: Members | None = None
    all: Members | None = None
    op: str = "and"


class Query(Request, frozen=True):
    """Filters, projection, order and page that every listing understands.

    Attributes:
        id: any of these ids; also finds hidden rows.
        name: regular expression, searched for, case-sensitive.
        only_fields: dotted paths to return, or with ``-`` in front to leave out; ``id`` always comes along.
        order_by: dotted fields, ``-`` in front for descending.
        page: zero-based page, with ``page_size`` rows (at most 500, and 500 by default).
        scroll_id: where the last page ended; with ``size``, pages go on from there.
        refresh_scroll: read everything again up to there.
        search_text: rows whose name, comment, description or id contains it, in any case of letters.
        all_fields: every one of the fields matches; ``any_fields``: one of them does.
        filters: list filters by field.
        by_path: filters whose keys are dotted paths, such as ``execution.queue``; gathered by the server.
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
    size: int | None = None
    scroll_id: str | None = None
    refresh_scroll: bool | None = None
    search_hidden: bool | None = None
    search_text: str | None = None
    all_fields: FieldsFilter | None = msgspec.field(default=None, name="_all_")
    any_fields: FieldsFilter | None = msgspec.field(default=None, name="_any_")
    and_fields: FieldsFilter | None = msgspec.field(default=None, name="_and_")
    or_fields: FieldsFilter | None = msgspec.field(default=None, name="_or_")
    filters: dict[str, ListFilter] | None = None
    by_path: dict[str, Any] | None = None
