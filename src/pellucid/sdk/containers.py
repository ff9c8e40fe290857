"""The container of a task as the protocol keeps it (protocol §3.1)."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.base.errors import UsageError


def container_of(image: str | None, arguments: str, setup_script: str) -> dict[str, str]:
    """A container as the protocol keeps it; empty for none.

    Args:
        image: perhaps with arguments behind it.
        arguments: more of them.
        setup_script: bash.
    """
    name, _, words = (image or "").strip().partition(" ")
    together = " ".join(part for part in (words.strip(), arguments) if part)
    found = {"image": name, "arguments": together, "setup_shell_script": setup_script}
    return {key: value for key, value in found.items() if value}


def joined(argument: str, value: str | Sequence[str] | None, separator: str) -> str:
    """A text, or a list of texts as one.

    Raises:
        UsageError: it is neither.
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return separator.join(value)
    raise UsageError(f"{argument} is {value!r}; allowed is a text, or a list of texts")
