"""What a handler is given beside its request."""

from __future__ import annotations

from dataclasses import dataclass

from pellucid.base.clock import Clock
from pellucid.server.auth.authority import Authority, Caller
from pellucid.server.errors import ApiError
from pellucid.server.file_tree import FileTree
from pellucid.store.api import Store
from pellucid.store.records import UserRecord
from pellucid.wire.codes import ErrorCode


@dataclass(frozen=True)
class Context:
    """One request's surroundings.

    Attributes:
        store: the data.
        authority: makes tokens.
        clock: the present.
        caller: who is asking; ``None`` only for public endpoints.
        worker: the machine that is asking, by its own word (protocol §1.3).
        authorization: the ``Authorization`` header, for logging in.
        files: what the file server stores, if there is one.
        client: the software that is asking, by its own word; ours says nothing.
        address: the network address that the request came from, ``""`` if it came by none.
    """

    store: Store
    authority: Authority
    clock: Clock
    caller: Caller | None
    worker: str
    authorization: str | None
    files: FileTree | None = None
    client: str = ""
    address: str = ""

    @property
    def user(self) -> UserRecord:
        """Who is asking. Raises ApiError 401 for nobody."""
        return self.proved.user

    @property
    def proved(self) -> Caller:
        """Who is asking, and by which proof. Raises ApiError 401 for nobody."""
        if self.caller is None:
            raise ApiError(ErrorCode.NO_CREDENTIALS)
        return self.caller

    @property
    def user_id(self) -> str:
        """The id of who is asking, ``""`` for nobody."""
        return self.caller.user.id if self.caller else ""
