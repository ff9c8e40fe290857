"""Credentials of buckets that a program gives in its code, for its own run (sdk-surface §3, ``setup_aws_upload``).

They are kept by this process, and in a private file of the run's folder for its uploader, which goes with the folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.base.atomic_file import write_atomic

FILE: Final = ".storage.json"
"""In a run's folder; no part of an offline session."""

VARIABLE: Final = "PELLUCID_RUN_CREDENTIALS"
"""Tells an uploader where that file is."""

Sections = dict[str, list[dict[str, Any]]]
"""By their path in the configuration, lists of what the configuration would hold; the latest first."""

_given: Sections = {}


def give(section: str, entry: dict[str, Any], folder: Path | None) -> None:
    """Use these credentials before all others.

    Args:
        section: such as ``sdk.aws.s3.credentials``.
        entry: as in that section of the configuration; what is ``None`` is left out.
        folder: of the run whose uploader is to use them as well.

    Raises:
        OSError: they can't be written there.
    """
    known = {name: value for name, value in entry.items() if value is not None}
    _given[section] = [known, *_given.get(section, [])]
    if folder is not None:
        write_atomic(folder / FILE, msgspec.json.encode(_given))


def given(environ: Mapping[str, str]) -> Sections:
    """What this process, or the run that it is the uploader of, was given."""
    path = environ.get(VARIABLE)
    if path is None:
        return _given
    with suppress(FileNotFoundError):
        return msgspec.json.decode(Path(path).read_bytes(), type=Sections)
    return {}
