"""What the server offers: an endpoint is an action with its handler and its policy, and cannot be made without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic

from pellucid.server.context import Context
from pellucid.wire.action import Action, RequestT, ResponseT


class Policy(Enum):
    """Who may call an endpoint."""

    PUBLIC = "public"
    USER = "user"
    ADMIN = "admin"


@dataclass(frozen=True)
class Endpoint(Generic[RequestT, ResponseT]):
    """An action, who may call it, and what answers."""

    action: Action[RequestT, ResponseT]
    policy: Policy
    handler: Callable[[Context, RequestT], ResponseT]


AnyEndpoint = Endpoint[Any, Any]


def by_name(services: Iterable[Iterable[AnyEndpoint]]) -> dict[str, AnyEndpoint]:
    """The endpoints of all services by the name of their action.

    Raises:
        ValueError: two endpoints have the same name.
    """
    table: dict[str, AnyEndpoint] = {}
    for service in services:
        for endpoint in service:
            if endpoint.action.name in table:
                raise ValueError(f"two endpoints are named {endpoint.action.name}")
            table[endpoint.action.name] = endpoint
    return table
