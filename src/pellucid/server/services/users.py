"""``users.*`` (protocol §2.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from pellucid.server.auth.authority import ADMIN_ROLE, COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.list_filters import as_list
from pellucid.server.projection import project
from pellucid.server.scrolling import MOST_ROWS
from pellucid.store.patterns import check_pattern
from pellucid.store.patterns import found as matches
from pellucid.store.records import UserRecord
from pellucid.wire import users
from pellucid.wire.action import Empty
from pellucid.wire.auth import Nothing, UpdatedResponse
from pellucid.wire.codes import ErrorCode

_MOST_PREFERENCES = 1 << 20


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(users.GET_CURRENT_USER, Policy.USER, get_current_user),
        Endpoint(users.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(users.GET_ALL, Policy.USER, get_all),
        Endpoint(users.GET_ALL_EX, Policy.USER, get_all_ex),
        Endpoint(users.UPDATE, Policy.USER, update),
        Endpoint(users.DELETE, Policy.ADMIN, delete),
        Endpoint(users.GET_PREFERENCES, Policy.USER, get_preferences),
        Endpoint(users.SET_PREFERENCES, Policy.USER, set_preferences),
    ]


def get_current_user(context: Context, _: Nothing) -> users.CurrentUserResponse:
    """Who is asking."""
    return users.CurrentUserResponse(user=_joined(context.user), settings={"max_download_items": MOST_ROWS})


def get_by_id(context: Context, request: users.GetById) -> users.GetByIdResponse:
    """One user."""
    return users.GetByIdResponse(user=_plain(context.store.users.get(request.user)))


def get_all(context: Context, request: users.GetAll) -> users.GetAllResponse:
    """Users that match; the company is an id."""
    found = [msgspec.to_builtins(_plain(user)) for user in _found(context, request)]
    return users.GetAllResponse(users=[project(user, request.only_fields) for user in found])


def get_all_ex(context: Context, request: users.GetAll) -> users.GetAllResponse:
    """Users that match; the company is an object."""
    found = [msgspec.to_builtins(_joined(user)) for user in _found(context, request)]
    return users.GetAllResponse(users=[project(user, request.only_fields) for user in found])


def update(context: Context, request: users.Update) -> UpdatedResponse:
    """Rename a user."""
    if request.user != context.user_id and context.user.role != ADMIN_ROLE:
        raise ApiError(ErrorCode.FORBIDDEN, f"user: {request.user!r} is somebody else")
    context.store.users.update(request.user, lambda user: replace(user, name=request.name))
    return UpdatedResponse(updated=1)


def delete(context: Context, request: users.Delete) -> Empty:
    """Remove somebody else; whatever token that user has is refused from now on."""
    if request.user == context.user_id:
        raise ApiError(ErrorCode.VALIDATION, "user: nobody removes themselves")
    context.store.users.delete(request.user)
    return Empty()


def get_preferences(context: Context, _: Nothing) -> users.PreferencesResponse:
    """What the caller's pages remember."""
    return users.PreferencesResponse(preferences=dict(context.store.users.preferences(context.user_id)))


def set_preferences(context: Context, request: users.SetPreferences) -> users.SetPreferencesResponse:
    """Lay preferences over those that are kept."""

    def changed(kept: dict[str, Any]) -> dict[str, Any]:
        laid = _laid_over(kept, request.preferences)
        if len(msgspec.json.encode(laid)) > _MOST_PREFERENCES:
            raise ApiError(ErrorCode.VALIDATION, f"preferences: more than {_MOST_PREFERENCES} bytes altogether")
        return laid

    kept = context.store.users.set_preferences(context.user_id, changed)
    return users.SetPreferencesResponse(updated=1, fields=dict(kept) if request.return_updated else {})


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        head, _, rest = key.partition(".")
        inner = {rest: value} if rest else value
        if inner is None:
            result.pop(head, None)
        elif isinstance(inner, dict):
            under = result.get(head)
            result[head] = _laid_over(under if isinstance(under, dict) else {}, inner)
        else:
            result[head] = inner
    return result


def _found(context: Context, request: users.GetAll) -> list[UserRecord]:
    """The page of users that is asked for. There are few enough users to look at them all."""
    found = context.store.users.list()
    if request.id is not None:
        ids = set(as_list(request.id))
        found = [user for user in found if user.id in ids]
    if request.name:
        check_pattern("name", request.name)
        found = [user for user in found if matches(user.name, request.name)]
    orders = [request.order_by] if isinstance(request.order_by, str) else request.order_by or []
    for order in reversed(orders):
        field = order.lstrip("-")
        if field in ("id", "name", "role", "created"):
            found.sort(key=lambda user: getattr(user, field), reverse=order.startswith("-"))
    size = min(max(request.page_size or MOST_ROWS, 1), MOST_ROWS)
    first = (request.page or 0) * size
    return found[first : first + size]


def _plain(user: UserRecord) -> users.User:
    return users.User(id=user.id, name=user.name, role=user.role, company=COMPANY_ID, created=user.created)


def _joined(user: UserRecord) -> users.JoinedUser:
    company = users.Company(id=COMPANY_ID, name=COMPANY_ID)
    return users.JoinedUser(id=user.id, name=user.name, role=user.role, company=company, created=user.created)
