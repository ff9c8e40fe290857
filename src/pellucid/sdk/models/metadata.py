"""Metadata of a model: texts by key, with a type that says how to read them (sdk-surface §3 BaseModel)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_flag, check_text
from pellucid.sdk.models.records import ModelRecord
from pellucid.sdk.parameters import decode, encode_value
from pellucid.wire import models
from pellucid.wire.metadata import MetadataItem
from pellucid.wire.tasks import Parameter


class MetadataMethods:
    """Metadata of a model."""

    _record: ModelRecord

    def set_metadata(self, key: str, value: Any, v_type: str | type | None = None) -> bool:
        """Set one; the others stay.

        Args:
            key: its name.
            value: kept as a text.
            v_type: the type to read it back as, or the name of one; the value's own by default.

        Returns:
            True.

        Raises:
            UsageError: the key is no text, or the type is neither a type nor a name.
        """
        self._set_metadata([_item(key, value, v_type)], replace=False)
        return True

    def set_all_metadata(self, metadata: Mapping[str, Any], replace: bool = True) -> bool:
        """Set several.

        Args:
            metadata: by key, a value, or a dictionary of ``value`` and ``type`` as ``get_all_metadata`` gives it.
            replace: whether the others go.

        Returns:
            True.

        Raises:
            UsageError: it is no dictionary, or as for ``set_metadata``; nothing is set.
        """
        if not isinstance(metadata, Mapping):
            raise UsageError(f"metadata is {metadata!r}; allowed is a dictionary")
        items = [
            _item(key, one["value"], one.get("type")) if _is_described(one) else _item(key, one)
            for key, one in metadata.items()
        ]
        self._set_metadata(items, replace=check_flag("replace", replace))
        return True

    def get_metadata(self, key: str) -> str | None:
        """The text of a key, ``None`` if there is none."""
        item = self._record.document().metadata.get(check_text("key", key))
        return None if item is None else item.value

    def get_metadata_casted(self, key: str) -> Any:
        """The value of a key in its own type, ``None`` if there is none."""
        item = self._record.document().metadata.get(check_text("key", key))
        return None if item is None else _cast(item)

    def get_all_metadata(self) -> dict[str, dict[str, str | None]]:
        """By key, a dictionary of ``key``, ``type`` and ``value``."""
        return {
            key: {"key": item.key, "type": item.type, "value": item.value}
            for key, item in self._record.document().metadata.items()
        }

    def get_all_metadata_casted(self) -> dict[str, Any]:
        """By key, values in their own types."""
        return {key: _cast(item) for key, item in self._record.document().metadata.items()}

    def _set_metadata(self, items: list[MetadataItem], *, replace: bool) -> None:
        present = {} if replace else self._record.document().metadata
        request = models.AddOrUpdateMetadata(model=self._record.model_id, metadata=items, replace_metadata=replace)
        self._record.change(
            models.ADD_OR_UPDATE_METADATA, request, metadata={**present, **{item.key: item for item in items}}
        )


def _item(key: object, value: object, v_type: object = None) -> MetadataItem:
    name = getattr(v_type, "__name__", v_type)
    if name is not None and not isinstance(name, str):
        raise UsageError(f"v_type is {v_type!r}; allowed is a type, or the name of one")
    text, own_type = encode_value(value)
    return MetadataItem(key=check_text("key", key), type=name or own_type, value=text)


def _is_described(one: object) -> bool:
    return isinstance(one, Mapping) and "value" in one and set(one) <= {"key", "type", "value"}


def _cast(item: MetadataItem) -> Any:
    return decode(Parameter(section="", name=item.key, value=item.value, type=item.type))
