"""Variables of the environment that a task is to have (sdk-surface §5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from pellucid.sdk.parameters import encode
from pellucid.wire.tasks import Parameter

SECTION: Final = "Environment"
"""Of the parameters that they are (protocol §3.3)."""

_OURS: Final = ("PELLUCID_", "CLEARML_", "TRAINS_")
"""Of variables with these beginnings, which have keys among them, only those that are named are recorded."""


def environment_parameters(patterns: Sequence[str], environ: Mapping[str, str]) -> Iterator[Parameter]:
    """The variables that somebody has allowed.

    Args:
        patterns: names, with wildcards.
        environ: all variables.
    """
    for name, value in sorted(environ.items()):
        if name in patterns or (not name.startswith(_OURS) and any(fnmatchcase(name, pattern) for pattern in patterns)):
            yield encode(f"{SECTION}/{name}", value)
