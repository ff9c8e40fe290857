"""The variables that tell a process which server it belongs to (sdk-surface §5.2)."""

from __future__ import annotations

from pellucid.base.connection import Connection


def connection_variables(connection: Connection) -> dict[str, str]:
    """The addresses and keys, by our names and by those of the classic SDK."""
    known = {
        "API_HOST": connection.api_host,
        "WEB_HOST": connection.web_host,
        "FILES_HOST": connection.files_host,
        "API_ACCESS_KEY": connection.access_key or "",
        "API_SECRET_KEY": connection.secret_key or "",
    }
    return {f"{prefix}_{name}": value for prefix in ("PELLUCID", "CLEARML") for name, value in known.items()}
