"""``login.*``: what a page may ask before anybody has logged in (protocol §2.1)."""

from __future__ import annotations

from pellucid.wire.action import Action, Empty, Response
from pellucid.wire.auth import Nothing


class Guest(Response, frozen=True):
    """A user that everybody may be; there is none."""

    enabled: bool = False
    name: str | None = None
    username: str | None = None
    password: str | None = None


class Basic(Response, frozen=True):
    """Logging in with a name and a password: here with a key pair, at ``/login``."""

    enabled: bool = False
    guest: Guest = Guest()


class ServerErrors(Response, frozen=True):
    """Troubles of the reference server's databases, which are not ours."""

    missed_es_upgrade: bool = False
    es_connection_error: bool = False


class SupportedModesResponse(Response, frozen=True):
    """How one may log in, and whether the asker has; ``sso`` has no providers."""

    authenticated: bool
    basic: Basic = Basic()
    sso: dict[str, str] = {}
    sso_providers: list[str] = []
    server_errors: ServerErrors = ServerErrors()


class FixedUsersModeResponse(Response, frozen=True):
    """Whether users log in with names and passwords: never, but with key pairs."""

    enabled: bool = False
    guest: Guest = Guest()


SUPPORTED_MODES = Action("login.supported_modes", Nothing, SupportedModesResponse)
FIXED_USERS_MODE = Action("auth.fixed_users_mode", Nothing, FixedUsersModeResponse)
LOGOUT = Action("login.logout", Nothing, Empty)
