"""Finding models on a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import RequestRefusedError, UsageError
from pellucid.sdk import finding
from pellucid.sdk.arguments import check_flag, check_text
from pellucid.sdk.task_conditions import ARCHIVED, Conditions, tags_condition
from pellucid.wire import models
from pellucid.wire.codes import ErrorCode

if TYPE_CHECKING:
    from pellucid.client.session import Client

_NEWEST_FIRST: Final = ["-created"]


def model_conditions(
    client: Client,
    *,
    project: object = None,
    name: object = None,
    tags: object = None,
    only_published: bool = False,
    include_archived: bool = False,
    metadata: object = None,
) -> Conditions:
    """What a search asks for, in the protocol's words (protocol §2.0).

    Raises:
        UsageError: an argument is of another kind, or there is no such project.
        ServerError: the server is away or refuses us.
    """
    conditions: Conditions = {"order_by": _NEWEST_FIRST}
    if project is not None:
        conditions["project"] = finding.project_ids(client, [check_text("project_name", project)])
    if name is not None:
        conditions["name"] = finding.exactly(check_text("model_name", name))
    if wanted := tags_condition("tags", tags):
        conditions["tags"] = wanted
    if check_flag("only_published", only_published):
        conditions["ready"] = True
    if not check_flag("include_archived", include_archived):
        conditions["system_tags"] = [f"-{ARCHIVED}"]
    if metadata is not None:
        if not isinstance(metadata, Mapping):
            raise UsageError(f"metadata is {metadata!r}; allowed is a dictionary of keys to values")
        conditions |= {f"metadata.{check_text('metadata', key)}.value": str(value) for key, value in metadata.items()}
    return conditions


def find_models(client: Client, conditions: Conditions) -> Iterator[str]:
    """Ids of all models that match, page by page.

    Raises:
        UsageError: the server can't use a condition.
        ServerError: the server is away or refuses us.
    """
    seen: set[str] = set()
    for page in count():
        found = _page(client, {**conditions, "only_fields": ["id"], "page": page, "page_size": finding.PAGE})
        # One that is made meanwhile moves the others to later places.
        yield from (model["id"] for model in found if model["id"] not in seen)
        seen.update(model["id"] for model in found)
        if len(found) < finding.PAGE:
            return


def _page(client: Client, body: Conditions) -> list[dict[str, Any]]:
    try:
        answer = client.send_raw(models.GET_ALL.name, msgspec.json.encode(body))
    except RequestRefusedError as error:
        if error.code != ErrorCode.VALIDATION.status:
            raise
        raise UsageError(f"query_models: {error.message}") from error
    return msgspec.json.decode(answer, type=models.GetAllResponse).models
