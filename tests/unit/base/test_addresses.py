"""Tests of ``pellucid.base.addresses``."""

from __future__ import annotations

import pytest

from pellucid.base.addresses import Addresses, guess_addresses


@pytest.mark.parametrize(
    ("address", "guesses"),
    [
        ("http://host:9000/", [Addresses("http://host:9000", "http://host:9000", "http://host:9000/files")]),
        (
            "http://host:8080",
            [
                Addresses("http://host:8080", "http://host:8080", "http://host:8080/files"),
                Addresses("http://host:8008", "http://host:8080", "http://host:8081"),
            ],
        ),
        (
            "https://app.ml.example",
            [
                Addresses("https://app.ml.example", "https://app.ml.example", "https://app.ml.example/files"),
                Addresses("https://api.ml.example", "https://app.ml.example", "https://files.ml.example"),
                Addresses("https://app.ml.example:8008", "https://app.ml.example:8080", "https://app.ml.example:8081"),
            ],
        ),
    ],
)
def test_guesses(address: str, guesses: list[Addresses]) -> None:
    """One port for all; three ports; three names."""
    assert guess_addresses(address) == guesses
