"""The part of ``Task`` that says where people look at tasks."""

from __future__ import annotations

from pellucid.base.connection import Connection
from pellucid.sdk.arguments import check_text
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import current_settings


class PageMethods:
    """Addresses of pages."""

    _record: TaskRecord
    _connection: Connection | None

    def get_output_log_web_page(self) -> str:
        """Address of the task's page."""
        host = self._connection.web_host if self._connection is not None else ""
        return f"{host}/projects/{self._record.document().project or '*'}/tasks/{self._record.task_id}/output/log"

    @classmethod
    def get_task_output_log_web_page(
        cls, task_id: str, project_id: str | None = None, app_server_host: str | None = None
    ) -> str:
        """Address of the page of any task.

        Args:
            task_id: its id.
            project_id: of its project, for the looks of the address.
            app_server_host: address of the page's server; the configured one by default.
        """
        connection = current_settings().connection()
        host = app_server_host or (connection.web_host if connection is not None else "")
        return f"{host}/projects/{project_id or '*'}/tasks/{check_text('task_id', task_id)}/output/log"
