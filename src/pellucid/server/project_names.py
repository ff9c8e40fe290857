"""Names of projects: paths whose parts are trimmed (protocol §2.4)."""

from __future__ import annotations

from pellucid.server.context import Context
from pellucid.server.errors import ApiError
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.records import ProjectRecord, Query
from pellucid.wire.codes import ErrorCode


def normal_name(field: str, name: str) -> str:
    """A full name with its parts trimmed and empty ones dropped. Raises ApiError 400/407, naming the field."""
    normal = "/".join(part for part in (part.strip() for part in name.split("/")) if part)
    if not normal:
        raise ApiError(ErrorCode.INVALID_PROJECT_NAME, f"{field} is {name!r}")
    return normal


def project_named(context: Context, field: str, name: str) -> tuple[ProjectRecord, bool]:
    """The project with a name, and whether it had to be made. Raises ApiError as above."""
    normal = normal_name(field, name)
    while True:
        if found := context.store.projects.find(Query(equal={"name": [normal]}, limit=1)):
            return found[0], False
        try:
            return context.store.projects.create(normal, user=context.user_id, now=context.clock()), True
        except AlreadyExistsError:
            continue  # somebody made it this moment
