"""The import name ``clearml`` in this environment is Pellucid's own."""

from __future__ import annotations

import clearml
import pellucid


def test_the_same_things_under_the_other_name() -> None:
    """Everything that is exported is the very same object."""
    assert sorted(clearml.__all__) == sorted(pellucid.__all__)
    for name in clearml.__all__:
        assert getattr(clearml, name) is getattr(pellucid, name)
