"""Proves who is asking: checks key pairs, makes tokens and checks them (protocol §1.6).

A token names the key pair that it was got with and the session that it belongs to. Both are looked up for every
request, together with the user, by one statement (some 0.1 ms): a key that is revoked, a session that is ended and a
user that is removed are refused at once, by every server over the same data.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

from pellucid.base.clock import Clock
from pellucid.base.ids import new_id
from pellucid.server.auth.credentials import matches
from pellucid.server.errors import ApiError
from pellucid.store.api import Store
from pellucid.store.errors import NotFoundError, UnavailableError
from pellucid.store.records import CredentialRecord, UserRecord
from pellucid.wire.codes import ErrorCode
from pellucid.wire.envelope import API_VERSION, COMPATIBLE_SERVER_VERSION

COMPANY_ID: Final = "pellucid"
"""The one tenant; existing clients expect an id."""

ADMIN_ROLE: Final = "admin"
"""The role that may manage users; everybody else has the role ``user``."""

DEFAULT_LIFE: Final = timedelta(days=30)
LONGEST_LIFE: Final = timedelta(days=365)
_SHORTEST_LIFE: Final = timedelta(minutes=1)
_ALGORITHM: Final = "HS256"
_USE_NOTED_EVERY: Final = timedelta(minutes=10)
"""How often it is written down that a key is in use: the reader of a list of keys needs no more."""


@dataclass(frozen=True)
class Caller:
    """Somebody who has proved to be who they are.

    Attributes:
        user: who it is.
        access_key: the key pair behind the proof; ``None`` for the owner's browser, which needs none.
        session: what all tokens have in common that were got from each other; logging out ends it.
    """

    user: UserRecord
    access_key: str | None
    session: str


class Authority:
    """Checks credentials and tokens against one store.

    The key that signs tokens is made at the first start and lives in the store, so that every process over the same
    data honours the others' tokens.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._key = store.users.secret("token", lambda: secrets.token_bytes(32))

    def caller_of_header(self, header: str | None, *, worker: str = "") -> Caller:
        """Who an ``Authorization`` header belongs to: a key pair or a token.

        Args:
            header: the header's value.
            worker: the machine that is asking, by its own word.

        Raises:
            ApiError: 401, with the subcode that says what is wrong.
        """
        if not header:
            raise ApiError(ErrorCode.NO_CREDENTIALS)
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer":
            return self.caller_of_token(value.strip(), worker=worker)
        if scheme.lower() == "basic":
            return self.caller_of_keys(*_decode_basic(value.strip()), worker=worker)
        raise ApiError(ErrorCode.UNAUTHORIZED_TYPE, scheme)

    def caller_of_keys(self, access_key: str, secret_key: str, *, worker: str = "") -> Caller:
        """Who a key pair belongs to, in a session of its own. Raises ApiError 401/22."""
        # PostgreSQL takes no NUL, not even to look for it.
        found = None if "\0" in access_key else self._store.users.find_credentials(access_key)
        if found is None or not matches(secret_key, found.secret_hash):
            raise ApiError(ErrorCode.INVALID_CREDENTIALS)
        self._note_use(access_key, found.last_used, worker)
        return Caller(self._store.users.get(found.user), access_key, new_id())

    def caller_of_token(self, token: str, *, worker: str = "") -> Caller:
        """Who a token was made for. Raises ApiError 401/30."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], options={"require": ["exp", "identity"]})
            user, access_key, session = claims["identity"]["user"], claims["access_key"], claims["session_id"]
        except (jwt.InvalidTokenError, KeyError, TypeError) as error:
            raise ApiError(ErrorCode.INVALID_TOKEN) from error
        bearer = self._store.users.bearer(user, access_key=access_key, session=session)
        if bearer is None:
            raise ApiError(ErrorCode.INVALID_TOKEN)
        if access_key is not None:
            self._note_use(access_key, bearer.last_used, worker)
        return Caller(bearer.user, access_key, session)

    def token_for(self, caller: Caller, life: timedelta = DEFAULT_LIFE) -> str:
        """A signed token with the claims that existing clients read."""
        now, user = self._clock(), caller.user
        claims: dict[str, Any] = {
            "iat": now,
            "exp": now + min(max(life, _SHORTEST_LIFE), LONGEST_LIFE),
            "session_id": caller.session,
            "access_key": caller.access_key,
            "auth_type": "Bearer",
            "identity": {
                "user": user.id,
                "company": COMPANY_ID,
                "role": user.role,
                "user_name": user.name,
                "company_name": COMPANY_ID,
            },
            "env": "pellucid",
            "api_version": API_VERSION,
            "server_version": COMPATIBLE_SERVER_VERSION,
            "server_build": "",
            "feature_set": "basic",
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def end_session(self, caller: Caller) -> None:
        """Refuse every token of this session from now on."""
        now = self._clock()
        self._store.users.end_session(caller.session, expires=now + LONGEST_LIFE, now=now)

    def _note_use(self, access_key: str, last_used: datetime | None, worker: str) -> None:
        now = self._clock()
        if last_used is not None and now - last_used < _USE_NOTED_EVERY:
            return

        def used(credentials: CredentialRecord) -> CredentialRecord:
            return replace(credentials, last_used=now, last_used_from=worker)

        # Who may come in does not depend on it: not when the disk is full, nor if the key has just been revoked.
        with suppress(UnavailableError, NotFoundError):
            self._store.users.update_credentials(access_key, used)


def _decode_basic(value: str) -> tuple[str, str]:
    try:
        access_key, separator, secret_key = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ApiError(ErrorCode.BAD_CREDENTIALS) from error
    if not separator:
        raise ApiError(ErrorCode.BAD_CREDENTIALS)
    return access_key, secret_key
