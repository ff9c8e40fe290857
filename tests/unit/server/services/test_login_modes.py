"""``login.*``: open to everybody (protocol §2.1)."""

from __future__ import annotations

from tests.unit.server.conftest import Api


def test_how_one_may_log_in(api: Api) -> None:
    """Told to everybody, with whether the asker has."""
    stranger = api.data("login.supported_modes", anonymous=True)
    assert (stranger["authenticated"], stranger["basic"]["enabled"], stranger["sso_providers"]) == (False, False, [])
    assert api.data("login.supported_modes")["authenticated"] is True
    assert api.data("auth.fixed_users_mode", anonymous=True)["enabled"] is False


def test_a_session_ends(api: Api) -> None:
    """That of the token that asks; nobody's cannot be ended, which is no error."""
    keys = (api.server.access_key, api.server.secret_key)
    headers = {"Authorization": f"Bearer {api.data('auth.login', auth=keys)['token']}"}
    assert api.data("users.get_current_user", anonymous=True, headers=headers)["user"]

    assert api.data("login.logout", anonymous=True, headers=headers) == {}
    assert api.code("users.get_current_user", anonymous=True, headers=headers)[0] == 401
    assert api.data("login.logout", anonymous=True) == {}
