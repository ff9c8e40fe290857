"""``organization.*download_for_get_all``: all that a listing finds, as a table (protocol §2.9).

What is prepared is in the id that the client gets, so any server makes the table.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from pellucid.server.context import Context
from pellucid.server.download import Download
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.request import to_request
from pellucid.server.scroll_state import from_scroll_id, to_scroll_id
from pellucid.server.services import model_lists, task_lists
from pellucid.wire import models, organization, tasks

_PAGE: Final = 500
_PAGING: Final = ("page", "page_size", "size", "scroll_id")
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a text."""

_Listing = Callable[[Context, dict[str, Any]], list[dict[str, Any]]]


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(organization.PREPARE_DOWNLOAD, Policy.USER, prepare),
        Endpoint(organization.DOWNLOAD, Policy.USER, download),
    ]


def prepare(context: Context, request: organization.PrepareDownload) -> organization.PrepareDownloadResponse:
    """Check what is asked for, and name it."""
    _LISTINGS[request.entity_type](context, {**_listing(request), "page": 0, "page_size": 1})
    return organization.PrepareDownloadResponse(prepare_id=to_scroll_id(msgspec.to_builtins(request)))


def download(context: Context, request: organization.Download) -> Download:
    """The table, made while it is sent."""
    wanted = from_scroll_id(request.prepare_id, organization.PrepareDownload)
    return Download(f"{wanted.entity_type}s.csv", "text/csv", _written(context, wanted))


def _tasks(context: Context, listing: dict[str, Any]) -> list[dict[str, Any]]:
    return task_lists.get_all_ex(context, to_request(listing, tasks.GetAll)).tasks


def _models(context: Context, listing: dict[str, Any]) -> list[dict[str, Any]]:
    return model_lists.get_all_ex(context, to_request(listing, models.GetAll)).models


_LISTINGS: Final[Mapping[str, _Listing]] = {"task": _tasks, "model": _models}


def _listing(wanted: organization.PrepareDownload) -> dict[str, Any]:
    asked = {key: value for key, value in wanted.listing.items() if key not in _PAGING}
    return {**asked, "only_fields": [column.field for column in wanted.field_mappings]}


def _written(context: Context, wanted: organization.PrepareDownload) -> Iterator[bytes]:
    """Page by page, so that a long table takes no more memory than a short one."""
    yield _line([column.name or column.field for column in wanted.field_mappings])
    page = 0
    while rows := _LISTINGS[wanted.entity_type](context, {**_listing(wanted), "page": page, "page_size": _PAGE}):
        yield b"".join(_line([_cell(row, column) for column in wanted.field_mappings]) for row in rows)
        page += 1


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(map(_harmless, cells))
    return text.getvalue().encode()


def _cell(row: Mapping[str, Any], column: organization.Column) -> str:
    value: Any = row
    for part in column.field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and "name" in value and "id" in value:
        value = value["name"]
    names = {one.key: one.value for one in column.values or ()}
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
    return names.get(text, text)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) and not _is_number(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
