"""``users.*`` (protocol §2.1)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def new_user(api: Api, name: str) -> str:
    """The id of a new user."""
    return str(api.data("auth.create_user", {"name": name})["id"])


def test_who_is_asking(api: Api, stranger: httpx.Auth) -> None:
    """With the company as an object."""
    answer = api.data("users.get_current_user", auth=stranger)

    assert answer["user"] | {"created": None} == {
        "id": "stranger",
        "name": "A Stranger",
        "role": "user",
        "company": {"id": "pellucid", "name": "pellucid"},
        "created": None,
    }
    assert answer["settings"]["max_download_items"] == 500


def test_users_are_found_by_name_and_id(api: Api) -> None:
    """In the asked order, page by page, projected; the company is an id, and an object only when asked for so."""
    mark = new_id()
    ids = {name: new_user(api, f"{name} {mark}") for name in ("grace", "ada", "edsger")}
    search: dict[str, Any] = {"name": mark, "order_by": ["-name"], "only_fields": ["name", "company"]}

    pages = [api.data("users.get_all", search | {"page": page, "page_size": 2})["users"] for page in (0, 1, 2)]

    names = [user["name"].partition(" ")[0] for page in pages for user in page]
    assert (names, [len(page) for page in pages]) == (["grace", "edsger", "ada"], [2, 1, 0])
    assert pages[0][0] == {"id": ids["grace"], "name": f"grace {mark}", "company": "pellucid"}
    joined = api.data("users.get_all_ex", {"id": [ids["ada"], new_id()], "name": "^ada"})["users"]
    assert [(user["id"], user["company"]["name"]) for user in joined] == [(ids["ada"], "pellucid")]


def test_one_user(api: Api) -> None:
    """By id; an unknown one is named."""
    user = new_user(api, "one")

    assert api.data("users.get_by_id", {"user": user})["user"]["name"] == "one"
    code, subcode, message = api.code("users.get_by_id", {"user": "nobody"})
    assert (code, subcode) == (400, 10)
    assert "'nobody'" in message


def test_people_may_rename_themselves(api: Api, stranger: httpx.Auth) -> None:
    """The id stays."""
    for name in ("Somebody Else", "A Stranger"):
        assert api.data("users.update", {"user": "stranger", "name": name}, auth=stranger) == {"updated": 1}
        assert api.data("users.get_by_id", {"user": "stranger"})["user"]["name"] == name


@pytest.mark.parametrize("search", [{"name": "("}, {"name": "a{99999999999}"}])
def test_a_bad_search_is_told(api: Api, search: dict[str, Any]) -> None:
    """By the name of the field."""
    code, subcode, message = api.code("users.get_all", search)

    assert (code, subcode) == (400, 12)
    assert "name" in message


def test_preferences_are_laid_over_each_other(api: Api) -> None:
    """Dotted keys lead inward, null takes away; everybody has their own."""
    user = new_user(api, "with preferences")
    token = api.data("auth.get_token_for_user", {"user": user})["token"]
    mine: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token}"}}
    assert api.data("users.get_preferences", **mine) == {"preferences": {}}

    for change in ({"table.columns": ["a"], "theme": "dark"}, {"table": {"size": 3}, "theme": None}):
        assert api.data("users.set_preferences", {"preferences": change}, **mine)["updated"] == 1

    kept = {"table": {"columns": ["a"], "size": 3}}
    assert api.data("users.get_preferences", **mine) == {"preferences": kept}
    answer = api.data("users.set_preferences", {"preferences": {"a.b.c": 1}, "return_updated": True}, **mine)
    assert answer["fields"] == kept | {"a": {"b": {"c": 1}}}
    assert api.data("users.get_preferences")["preferences"] != kept


def test_preferences_have_an_end(api: Api) -> None:
    """Told with the limit, and nothing has changed."""
    code, subcode, message = api.code("users.set_preferences", {"preferences": {"long": "x" * 2_000_000}})

    assert (code, subcode) == (400, 12)
    assert "1048576" in message
    assert "long" not in api.data("users.get_preferences")["preferences"]
