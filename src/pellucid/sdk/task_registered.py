"""The part of ``Task`` that keeps tables as they are while the program changes them (sdk-surface §3)."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_text
from pellucid.sdk.artifact_content import Content, content_of, keep
from pellucid.sdk.artifact_formats import comes_from
from pellucid.sdk.session import Session

if TYPE_CHECKING:
    from pellucid.sdk.snapshot import Snapshot

TABLE: Final = "data-audit-table"
"""Type of the artifact that a registered table is."""


class RegisteredMethods:
    """Tables that are artifacts of the running task, and are stored again when they have changed."""

    _session: Session | None
    _connected: list[Callable[[], None]]

    if TYPE_CHECKING:

        def _record_artifact(
            self,
            session: Session,
            key: str,
            content: Content,
            copy: Snapshot | None,
            metadata: Mapping[str, Any],
            preview: str | None,
        ) -> None: ...

    def __init__(self) -> None:
        """None is registered."""
        super().__init__()
        self._registered: dict[str, _Table] = {}

    def register_artifact(
        self,
        name: str,
        artifact: Any,
        metadata: Mapping[str, Any] | None = None,
        uniqueness_columns: bool | Sequence[str] = True,
    ) -> None:
        """Keep a DataFrame as an artifact, now and whenever the task is flushed or ends.

        Args:
            name: the artifact's; one that is registered already is replaced.
            artifact: a DataFrame of pandas.
            metadata: what to say about it.
            uniqueness_columns: rows that are the same in these columns are stored once; ``True`` for all columns,
                ``False`` to store every row.

        Raises:
            UsageError: an argument can't be used, or the task does not run in this process.
        """
        if self._session is None:
            raise UsageError("register_artifact: only a task that runs in this process keeps a table as it changes")
        if not comes_from(artifact, "pandas", "DataFrame"):
            raise UsageError(f"artifact is of type {type(artifact).__name__}; allowed is a DataFrame of pandas")
        if metadata is not None and not isinstance(metadata, Mapping):
            raise UsageError(f"metadata is {metadata!r}; allowed is a dictionary")
        columns = uniqueness_columns if isinstance(uniqueness_columns, bool) else list(uniqueness_columns)
        if isinstance(columns, list):
            for column in columns:
                if column not in artifact.columns:
                    raise UsageError(f"uniqueness_columns has {column!r}, which is no column of the DataFrame")
        key = check_text("name", name)
        self.unregister_artifact(key)
        table = _Table(artifact, metadata or {}, columns)
        self._registered[key] = table
        self._store_if_changed(key, table)
        self._connected.append(lambda: self._store_if_changed(key, table))

    def unregister_artifact(self, name: str) -> None:
        """Store a table for the last time; what is not registered is passed over."""
        table = self._registered.get(name)
        if table is not None:
            self._store_if_changed(name, table)
            del self._registered[name]

    def get_registered_artifacts(self) -> dict[str, Any]:
        """The program's own tables by name."""
        return {name: table.frame for name, table in self._registered.items()}

    def _store_if_changed(self, name: str, table: _Table) -> None:
        session = self._session
        if session is None or self._registered.get(name) is not table:
            return
        rows = table.rows()
        digest = hashlib.sha256(pickle.dumps(rows)).hexdigest()
        if digest == table.stored:
            return
        content = msgspec.structs.replace(content_of(name, rows, extension=".csv.gz"), type=TABLE)
        kept, copy = keep(session.run.folder, content)
        self._record_artifact(session, name, kept, copy, table.metadata, None)
        table.stored = digest


class _Table:
    """A registered DataFrame, and what of it was stored last."""

    def __init__(self, frame: Any, metadata: Mapping[str, Any], columns: bool | list[str]) -> None:
        self.frame = frame
        self.metadata = metadata
        self.stored = ""
        self._columns = columns

    def rows(self) -> Any:
        """What is to be stored of it."""
        if self._columns is False:
            return self.frame
        return self.frame.drop_duplicates(subset=None if self._columns is True else self._columns)
