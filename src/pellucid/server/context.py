"""What a handler is given beside its request."""

from __future__ import annotations

from dataclasses import dataclass

from pellucid.base.clock import Clock
from pellucid.server.auth.authority import Authority
from pellucid.store.api import Store
from pellucid.store.records import UserRecord


@dataclass(frozen=True)
class Context:
    """One request's surroundings.

    Attributes:
        store: the data.
        authority: makes tokens.
        clock: the present.
        user: who is asking; ``None`` only for public endpoints.
        worker: the machine that is asking, by its own word (protocol §1.3).
        authorization: the ``Authorization`` header, for logging in.
    """

    store: Store
    authority: Authority
    clock: Clock
    user: UserRecord | None
    worker: str
    authorization: str | None

    @property
    def user_id(self) -> str:
        """The id of who is asking, ``""`` for nobody."""
        return self.user.id if self.user else ""
