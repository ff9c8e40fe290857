"""Key pairs."""

from __future__ import annotations

from pellucid.server.auth.credentials import hash_secret, matches, new_key_pair


def test_fresh_pairs_have_the_known_form_and_differ() -> None:
    """30 letters and digits, and a secret of 50 characters at least (protocol §1.6)."""
    first, second = new_key_pair(), new_key_pair()

    assert len(first.access_key) == 30
    assert first.access_key.isalnum()
    assert first.access_key == first.access_key.upper()
    assert len(first.secret_key) >= 50
    assert first != second


def test_a_hash_fits_its_secret_only_and_does_not_show_it() -> None:
    """The same secret has another hash each time."""
    hashed = hash_secret("a chosen secret")

    assert matches("a chosen secret", hashed)
    assert not matches("a chosen secret ", hashed)
    assert "chosen" not in hashed
    assert hashed != hash_secret("a chosen secret")
