"""``from clearml.logger import Logger``."""

from pellucid import Logger

__all__ = ["Logger"]
