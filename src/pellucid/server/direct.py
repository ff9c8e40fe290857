"""The API without a server: an administrator with access to the data calls the same handlers."""

from __future__ import annotations

import msgspec

from pellucid.base.clock import Clock, utc_now
from pellucid.base.errors import RequestRefusedError
from pellucid.base.ids import new_id
from pellucid.server.app import endpoints
from pellucid.server.auth.authority import ADMIN_ROLE, Authority, Caller
from pellucid.server.context import Context
from pellucid.server.errors import ApiError, from_store
from pellucid.server.request import to_request
from pellucid.store.api import Store
from pellucid.store.errors import StoreError
from pellucid.store.records import UserRecord
from pellucid.wire.action import Action, RequestT, ResponseT


class DirectCaller:
    """Sends requests to a store, as a client sends them to a server."""

    def __init__(self, store: Store, clock: Clock = utc_now) -> None:
        self._table = endpoints()
        keeper = UserRecord(id="", name="who can read the data", role=ADMIN_ROLE, created=clock())
        self._context = Context(
            store=store,
            authority=Authority(store, clock),
            clock=clock,
            caller=Caller(keeper, access_key=None, session=new_id()),
            worker="",
            authorization=None,
        )

    def send(self, action: Action[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Answer a request. Raises RequestRefusedError, as a client does."""
        try:
            checked = to_request(msgspec.to_builtins(request), action.request)
            answer: ResponseT = self._table[action.name].handler(self._context, checked)
        except (ApiError, StoreError) as error:
            refusal = from_store(error) if isinstance(error, StoreError) else error
            code = refusal.code
            raise RequestRefusedError(action.name, code.status, code.subcode, refusal.message) from error
        return answer
