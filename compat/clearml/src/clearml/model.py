"""``from clearml.model import InputModel``."""

from pellucid import InputModel, Model, OutputModel

__all__ = ["InputModel", "Model", "OutputModel"]
