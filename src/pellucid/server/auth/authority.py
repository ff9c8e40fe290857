"""Proves who is asking: checks key pairs, makes tokens and checks them (protocol §1.6)."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import timedelta
from typing import Any, Final

import jwt

from pellucid.base.clock import Clock
from pellucid.base.ids import new_id
from pellucid.server.auth.credentials import matches
from pellucid.server.errors import ApiError
from pellucid.store.api import Store
from pellucid.store.errors import NotFoundError
from pellucid.store.records import UserRecord
from pellucid.wire.codes import ErrorCode
from pellucid.wire.envelope import API_VERSION, COMPATIBLE_SERVER_VERSION

COMPANY_ID: Final = "pellucid"
"""The one tenant; existing clients expect an id."""

DEFAULT_LIFE: Final = timedelta(days=30)
LONGEST_LIFE: Final = timedelta(days=365)
_SHORTEST_LIFE: Final = timedelta(minutes=1)
_ALGORITHM: Final = "HS256"


class Authority:
    """Checks credentials and tokens against one store.

    The key that signs tokens is made at the first start and lives in the store, so that every process over the same
    data honours the others' tokens.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._key = store.users.secret("token", lambda: secrets.token_bytes(32))

    def user_of_header(self, header: str | None) -> UserRecord:
        """Who an ``Authorization`` header belongs to: a key pair or a token.

        Raises:
            ApiError: 401, with the subcode that says what is wrong.
        """
        if not header:
            raise ApiError(ErrorCode.NO_CREDENTIALS)
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer":
            return self.user_of_token(value.strip())
        if scheme.lower() == "basic":
            return self.user_of_keys(*_decode_basic(value.strip()))
        raise ApiError(ErrorCode.UNAUTHORIZED_TYPE, scheme)

    def user_of_keys(self, access_key: str, secret_key: str) -> UserRecord:
        """Who a key pair belongs to. Raises ApiError 401/22."""
        found = self._store.users.find_credentials(access_key)
        if found is None or not matches(secret_key, found.secret_hash):
            raise ApiError(ErrorCode.INVALID_CREDENTIALS)
        return self._store.users.get(found.user)

    def user_of_token(self, token: str) -> UserRecord:
        """Who a token was made for. Raises ApiError 401/30."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], options={"require": ["exp", "identity"]})
            return self._store.users.get(claims["identity"]["user"])
        except (jwt.InvalidTokenError, NotFoundError, KeyError, TypeError) as error:
            raise ApiError(ErrorCode.INVALID_TOKEN) from error

    def token_for(self, user: UserRecord, life: timedelta = DEFAULT_LIFE) -> str:
        """A signed token with the claims that existing clients read."""
        now = self._clock()
        claims: dict[str, Any] = {
            "iat": now,
            "exp": now + min(max(life, _SHORTEST_LIFE), LONGEST_LIFE),
            "session_id": new_id(),
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


def _decode_basic(value: str) -> tuple[str, str]:
    try:
        access_key, separator, secret_key = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ApiError(ErrorCode.BAD_CREDENTIALS) from error
    if not separator:
        raise ApiError(ErrorCode.BAD_CREDENTIALS)
    return access_key, secret_key
