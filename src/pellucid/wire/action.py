"""What an endpoint is: a name with the type of its request and of its response."""

from __future__ import annotations

from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec

Int64: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""An integer that databases can hold; others are refused where they come in."""

Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=600)]
"""A name or an id that is stored: PostgreSQL's indexes hold so many characters of any script."""

Position: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""A place in a stream: sums of two of them are still ``Int64``."""


class Request(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all request types: optional fields are left out of the message, unknown ones are ignored."""


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all response types: what the protocol calls ``data``."""


class Empty(Response, frozen=True):
    """A response without content: ``{}``."""


RequestT = TypeVar("RequestT", bound=Request)
ResponseT = TypeVar("ResponseT")


class Action(msgspec.Struct, Generic[RequestT, ResponseT], frozen=True):
    """One endpoint of the protocol.

    Attributes:
        name: ``service.action``, the path of the endpoint (protocol §1.1).
        request: type that the body decodes to.
        response: type of ``data`` in the answer's envelope.
    """

    name: str
    request: type[RequestT]
    response: type[ResponseT]
