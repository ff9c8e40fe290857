"""Between the project document of the protocol and the row of the store (protocol §3.5)."""

from __future__ import annotations

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.store.records import ProjectRecord
from pellucid.wire import projects


def to_project(record: ProjectRecord) -> projects.Project:
    """The whole document."""
    return projects.Project(
        id=record.id,
        name=record.name,
        basename=record.basename,
        parent=record.parent,
        path=record.path,
        description=record.description,
        created=record.created,
        last_update=record.last_update,
        tags=record.tags,
        system_tags=record.system_tags,
        default_output_destination=record.default_output_destination,
        user=record.user,
        company=COMPANY_ID,
    )
