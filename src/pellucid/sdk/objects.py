"""Objects whose attributes are parameters: instances, classes, dataclasses, those of attrs, pydantic and OmegaConf.

A library is looked at only if the program has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from pellucid.base.errors import UsageError


def is_config_tree(target: Any) -> bool:
    """Whether it is a dictionary or a list of OmegaConf."""
    omegaconf = sys.modules.get("omegaconf")
    return omegaconf is not None and isinstance(target, (omegaconf.DictConfig, omegaconf.ListConfig))


def has_attributes(target: Any) -> bool:
    """Whether something has attributes of its own that can be set."""
    return not callable(target) and (hasattr(target, "__dict__") or bool(_slots(target)) or _is_model(target))


def is_record(target: Any) -> bool:
    """Whether it is an object that is all data: one of a dataclass, of attrs or of pydantic."""
    kind = type(target)
    return not isinstance(target, type) and (
        hasattr(kind, "__dataclass_fields__") or hasattr(kind, "__attrs_attrs__") or _is_model(target)
    )


def read_attributes(target: Any) -> dict[str, Any]:
    """The public attributes of an object or a class, as far as they are data; records in them become dictionaries."""
    if is_config_tree(target):
        return _plain_tree(target)
    return {name: _plain(value) for name, value in _own(target) if not name.startswith("_") and _is_data(value)}


def write_attribute(target: Any, name: str, value: Any) -> None:
    """Set an attribute, also of an object that lets nobody do that.

    Raises:
        ValueError: the object refuses the value.
    """
    if is_config_tree(target):
        _write_tree(target, name, value)
    elif _is_frozen_model(target):
        object.__setattr__(target, name, value)
    else:
        try:
            setattr(target, name, value)
        except AttributeError:  # frozen, by a dataclass or by attrs
            object.__setattr__(target, name, value)


def _plain(value: Any) -> Any:
    if is_config_tree(value):
        return _plain_tree(value)
    return read_attributes(value) if is_record(value) else value


def _own(target: Any) -> Iterable[tuple[str, Any]]:
    """Names and values, also of what needs no dictionary."""
    if isinstance(target, type):
        own: dict[str, Any] = {}
        for base in reversed(target.__mro__[:-1]):
            own |= vars(base)
        return own.items()
    slots = [(name, getattr(target, name)) for name in _slots(target) if hasattr(target, name)]
    extra = getattr(target, "__pydantic_extra__", None) or {}
    return [*slots, *getattr(target, "__dict__", {}).items(), *extra.items()]


def _slots(target: Any) -> list[str]:
    names: list[str] = []
    for base in reversed(type(target).__mro__):
        slots = vars(base).get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    return [name for name in names if not name.startswith("__")]


def _is_data(value: Any) -> bool:
    return not callable(value) and not hasattr(value, "__get__")


def _is_model(target: Any) -> bool:
    pydantic = sys.modules.get("pydantic")
    model = getattr(pydantic, "BaseModel", None)
    return isinstance(model, type) and isinstance(target, model)


def _is_frozen_model(target: Any) -> bool:
    configuration = getattr(type(target), "model_config", None)
    return _is_model(target) and isinstance(configuration, Mapping) and bool(configuration.get("frozen"))


def _plain_tree(target: Any) -> dict[str, Any]:
    omegaconf = sys.modules["omegaconf"]
    tree = omegaconf.OmegaConf.to_container(target, resolve=True, throw_on_missing=False)
    if not isinstance(tree, dict):
        raise UsageError(f"mutable is {target!r}; allowed is a dictionary of OmegaConf, no list")
    return tree


def _write_tree(target: Any, name: str, value: Any) -> None:
    omegaconf = sys.modules["omegaconf"]
    try:
        with omegaconf.read_write(target), omegaconf.open_dict(target):
            target[name] = value
    except omegaconf.errors.OmegaConfBaseException as error:
        raise ValueError(str(error)) from error
