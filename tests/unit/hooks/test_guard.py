"""Tests of ``pellucid.hooks.guard``."""

from __future__ import annotations

import pytest

from pellucid.base.log import troubles
from pellucid.hooks.guard import guarded, loud_errors


def test_our_errors_stay_on_our_side(caplog: pytest.LogCaptureFixture) -> None:
    """One warning that says the program is unaffected; counted from then on."""
    for _ in range(3):
        with guarded("example"):
            raise RuntimeError("ours")

    assert [record.message for record in caplog.records] == [
        "Something that example did is not recorded; the program is unaffected. (RuntimeError: ours)"
    ]
    assert troubles()["hooks.example"] == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_is_no_error_passes(error: type[BaseException]) -> None:
    """Ctrl-C works inside too."""
    with pytest.raises(error), guarded("example"):
        raise error


def test_loud_in_tests() -> None:
    """By a switch, for as long as it is on."""
    with loud_errors(), pytest.raises(RuntimeError), guarded("example"):
        raise RuntimeError("heard")
    with guarded("example"):
        raise RuntimeError("unheard")
