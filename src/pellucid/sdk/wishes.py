"""What the program has said of its packages and its script, for the tasks that are made from here on."""

from __future__ import annotations

import msgspec


class Wishes(msgspec.Struct):
    """What is to be recorded whatever is found out.

    Attributes:
        added: distributions to name in any case, with what is said of their version.
        ignored: distributions to leave out, by their normal names.
        freeze: whether to name everything that is installed.
        file: path of a file that says it all.
        standalone: whether a script is kept as a text, even in a repository.
    """

    added: dict[str, str] = {}
    ignored: set[str] = set()
    freeze: bool = False
    file: str | None = None
    standalone: bool = False


wishes = Wishes()
"""Those of this process."""
