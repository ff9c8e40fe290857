"""Key pairs: made at random, kept hashed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from datetime import datetime

from pellucid.store.api import Store
from pellucid.store.records import CredentialRecord

_ACCESS_KEY_LENGTH = 30
_SECRET_BYTES = 48
_ALPHABET = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class KeyPair:
    """An access key and its secret, as their owner needs them."""

    access_key: str
    secret_key: str


def new_key_pair() -> KeyPair:
    """A fresh pair in the form that existing clients know (protocol §1.6)."""
    access_key = "".join(secrets.choice(_ALPHABET) for _ in range(_ACCESS_KEY_LENGTH))
    return KeyPair(access_key, secrets.token_urlsafe(_SECRET_BYTES))


def store_key_pair(
    store: Store, pair: KeyPair, *, user: str, label: str, now: datetime, source: str = "request"
) -> None:
    """Give a user a key pair; only a hash of the secret is kept."""
    record = CredentialRecord(
        access_key=pair.access_key,
        secret_hash=hash_secret(pair.secret_key),
        user=user,
        label=label,
        created=now,
        source=source,
    )
    store.users.add_credentials(record)


def hash_secret(secret: str) -> str:
    """The hash that is kept of a secret, with a salt of its own.

    The secrets that we make have 384 random bits, which nobody guesses; scrypt is for those that administrators choose.
    """
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(secret, salt).hex()}"


def matches(secret: str, hashed: str) -> bool:
    """Whether a secret is the one of a hash; takes the same time either way."""
    _, salt, expected = hashed.split("$")
    return hmac.compare_digest(_scrypt(secret, bytes.fromhex(salt)).hex(), expected)


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=1 << 12, r=8, p=1)
