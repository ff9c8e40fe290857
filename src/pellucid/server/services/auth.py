"""``auth.*``: logging in, key pairs, users (protocol §1.6, §2.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pellucid.base.ids import new_id
from pellucid.server.auth.authority import ADMIN_ROLE, COMPANY_ID, DEFAULT_LIFE, LONGEST_LIFE, Caller
from pellucid.server.auth.credentials import new_key_pair, store_key_pair
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.store.records import CredentialRecord, UserRecord
from pellucid.wire import auth
from pellucid.wire.action import Empty
from pellucid.wire.codes import ErrorCode


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(auth.LOGIN, Policy.PUBLIC, login),
        Endpoint(auth.LOGOUT, Policy.USER, logout),
        Endpoint(auth.VALIDATE_TOKEN, Policy.USER, validate_token),
        Endpoint(auth.CREATE_CREDENTIALS, Policy.USER, create_credentials),
        Endpoint(auth.GET_CREDENTIALS, Policy.USER, get_credentials),
        Endpoint(auth.EDIT_CREDENTIALS, Policy.USER, edit_credentials),
        Endpoint(auth.REVOKE_CREDENTIALS, Policy.USER, revoke_credentials),
        Endpoint(auth.CREATE_USER, Policy.ADMIN, create_user),
        Endpoint(auth.EDIT_USER, Policy.ADMIN, edit_user),
        Endpoint(auth.GET_TOKEN_FOR_USER, Policy.ADMIN, get_token_for_user),
    ]


def login(context: Context, request: auth.Login) -> auth.LoginResponse:
    """A token for the credentials in the header; one that is got with a token belongs to the same session."""
    caller = context.authority.caller_of_header(context.authorization, worker=context.worker)
    return auth.LoginResponse(token=context.authority.token_for(caller, _life(request.expiration_sec)))


def logout(context: Context, _: auth.Nothing) -> Empty:
    """End the session of the token that asks; ``POST /logout`` also takes the browser's cookie back."""
    context.authority.end_session(context.proved)
    return Empty()


def validate_token(context: Context, request: auth.ValidateToken) -> auth.ValidateTokenResponse:
    """Whose token it is."""
    try:
        caller = context.authority.caller_of_token(request.token)
    except ApiError as error:
        return auth.ValidateTokenResponse(valid=False, msg=error.message)
    return auth.ValidateTokenResponse(valid=True, user=caller.user.id, company=COMPANY_ID)


def create_credentials(context: Context, request: auth.CreateCredentials) -> auth.CreateCredentialsResponse:
    """Make a key pair; its secret is told this once."""
    user, pair, label = _user_in_question(context, request.user), new_key_pair(), request.label or ""
    store_key_pair(context.store, pair, user=user, label=label, now=context.clock())
    return auth.CreateCredentialsResponse(
        credentials=auth.NewCredentials(access_key=pair.access_key, secret_key=pair.secret_key, label=label)
    )


def get_credentials(context: Context, request: auth.GetCredentials) -> auth.GetCredentialsResponse:
    """The key pairs of a user, without their secrets."""
    user = _user_in_question(context, request.user)
    context.store.users.get(user)
    return auth.GetCredentialsResponse(
        credentials=[
            auth.Credentials(
                access_key=record.access_key,
                label=record.label,
                last_used=record.last_used,
                last_used_from=record.last_used_from,
                created=record.created,
                source=record.source,
            )
            for record in context.store.users.credentials(user)
        ]
    )


def edit_credentials(context: Context, request: auth.EditCredentials) -> auth.UpdatedResponse:
    """Change the label of a key pair."""
    _check_may_change(context, request.access_key)

    def labelled(credentials: CredentialRecord) -> CredentialRecord:
        return replace(credentials, label=request.label)

    context.store.users.update_credentials(request.access_key, labelled)
    return auth.UpdatedResponse(updated=1)


def revoke_credentials(context: Context, request: auth.RevokeCredentials) -> auth.RevokedResponse:
    """Remove a key pair; its tokens are refused as well, from the next request on."""
    _check_may_change(context, request.access_key)
    return auth.RevokedResponse(revoked=int(context.store.users.revoke_credentials(request.access_key)))


def create_user(context: Context, request: auth.CreateUser) -> auth.CreateUserResponse:
    """Add a user."""
    user = UserRecord(id=request.id or new_id(), name=request.name, role=request.role, created=context.clock())
    context.store.users.create(user)
    return auth.CreateUserResponse(id=user.id)


def edit_user(context: Context, request: auth.EditUser) -> auth.EditUserResponse:
    """Change the role of somebody else."""
    if request.user == context.user_id:
        raise ApiError(ErrorCode.VALIDATION, "user: nobody changes the own role")
    context.store.users.update(request.user, lambda user: replace(user, role=request.role))
    return auth.EditUserResponse(updated=1, fields={"role": request.role})


def get_token_for_user(context: Context, request: auth.GetTokenForUser) -> auth.LoginResponse:
    """A token of somebody else, which dies with the administrator's key."""
    user = context.store.users.get(request.user)
    caller = Caller(user, context.proved.access_key, new_id())
    return auth.LoginResponse(token=context.authority.token_for(caller, _life(request.expiration_sec)))


def _life(seconds: int | None) -> timedelta:
    if seconds is None:
        return DEFAULT_LIFE
    return timedelta(seconds=min(max(seconds, 0), LONGEST_LIFE.total_seconds()))


def _user_in_question(context: Context, user: str | None) -> str:
    """Oneself, or somebody else. Raises ApiError 403 if that is not for the caller to do."""
    if user is not None and user != context.user_id and context.user.role != ADMIN_ROLE:
        raise ApiError(ErrorCode.FORBIDDEN, f"user: {user!r} is somebody else")
    return user or context.user_id


def _check_may_change(context: Context, access_key: str) -> None:
    """Raises ApiError 400/10 unless the key pair is the caller's, or the caller an administrator.

    Who may not see a key is not told that there is one.
    """
    found = context.store.users.find_credentials(access_key)
    if found is None or (found.user != context.user_id and context.user.role != ADMIN_ROLE):
        raise ApiError(ErrorCode.INVALID_ID, f"access_key: no credentials {access_key!r}")
