"""Listings of what is in a project or below it (protocol §2.0)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import msgspec

from pellucid.server.context import Context
from pellucid.server.list_filters import as_list
from pellucid.store.records import Query
from pellucid.wire.query import Query as WireQuery

_Request = TypeVar("_Request", bound=WireQuery)
_EVERY = 2**31


def with_subprojects(context: Context, request: _Request) -> _Request:
    """The request with the descendants of its projects beside them, if it asks for these."""
    listing: Any = request
    if not listing.include_subprojects or not listing.project:
        return request
    given = as_list(listing.project)
    below = descendants(context, [item for item in given if item is not None])
    return msgspec.structs.replace(request, project=[*given, *(key for key in below if key not in given)])


def descendants(context: Context, projects: Collection[str]) -> list[str]:
    """The ids of all projects below these."""
    if not projects:
        return []
    found = context.store.projects.find(Query(equal={"path": list(projects)}, limit=_EVERY))
    return [project.id for project in found]
