"""``from clearml.storage import StorageManager``."""

from pellucid import StorageManager

__all__ = ["StorageManager"]
