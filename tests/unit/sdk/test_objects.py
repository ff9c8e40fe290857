"""Tests of ``pellucid.sdk.objects``: what people keep their settings in, of real libraries."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import attrs
import pydantic
import pytest
from omegaconf import OmegaConf

from pellucid.base.errors import UsageError
from pellucid.sdk.connect import attributes_of, put_into_object

READ = {"rate": 0.1, "layers": [1, 2], "inner/depth": 3}
WRITTEN = {"rate": 0.5, "layers": [4], "inner/depth": 6}


@dataclass
class DataInner:
    """In a dataclass."""

    depth: int = 3


@dataclass
class Data:
    """A dataclass with one in it."""

    rate: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1, 2])
    inner: DataInner = field(default_factory=DataInner)
    _private: int = 9


@dataclass(frozen=True, slots=True)
class FrozenInner:
    """In a dataclass that can't be changed."""

    depth: int = 3


@dataclass(frozen=True, slots=True)
class FrozenData:
    """A dataclass that can't be changed, and has no dictionary."""

    rate: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1, 2])
    inner: FrozenInner = field(default_factory=FrozenInner)


@attrs.define
class AttrsInner:
    """In a class of attrs."""

    depth: int = 3


@attrs.define
class Attrs:
    """A class of attrs, with slots."""

    rate: float = 0.1
    layers: list[int] = attrs.field(factory=lambda: [1, 2])
    inner: AttrsInner = attrs.field(factory=AttrsInner)


@attrs.frozen
class FrozenAttrs:
    """One that can't be changed."""

    rate: float = 0.1
    layers: list[int] = attrs.field(factory=lambda: [1, 2])
    inner: AttrsInner = attrs.field(factory=AttrsInner)


class ModelInner(pydantic.BaseModel):
    """In a model."""

    depth: int = pydantic.Field(default=3, ge=0)


class Model(pydantic.BaseModel):
    """A model of pydantic, that checks what it is given."""

    model_config = pydantic.ConfigDict(validate_assignment=True)

    rate: float = 0.1
    layers: list[int] = [1, 2]
    inner: ModelInner = ModelInner()
    _private: int = 9


class FrozenModel(Model):
    """One that can't be changed."""

    model_config = pydantic.ConfigDict(frozen=True)


def plain_object() -> Any:
    """Of a class that is none of these."""
    return argparse.Namespace(rate=0.1, layers=[1, 2], inner={"depth": 3})


def config_tree() -> Any:
    """Of OmegaConf, which can't be changed either."""
    tree = OmegaConf.create({"rate": 0.1, "layers": [1, 2], "inner": {"depth": 3}})
    OmegaConf.set_readonly(tree, True)
    return tree


KINDS: list[Callable[[], Any]] = [
    Data,
    FrozenData,
    Attrs,
    FrozenAttrs,
    Model,
    FrozenModel,
    plain_object,
    config_tree,
]


@pytest.mark.parametrize("make", KINDS)
def test_m211_objects_are_read_and_written(make: Callable[[], Any]) -> None:
    """Public attributes, those of objects in objects too; written back by the same names."""
    target = make()

    assert attributes_of(target) == READ
    put_into_object(target, WRITTEN)
    assert attributes_of(target) == WRITTEN


def test_a_class_is_read_and_written() -> None:
    """Its own attributes and those of its bases, not what it can do."""

    class Base:
        epochs = 3
        inner: ClassVar = {"depth": 1}

    class Settings(Base):
        rate = 0.1
        _private = 1

        def method(self) -> None: ...

        @property
        def derived(self) -> int:
            return 1

        @staticmethod
        def helper() -> None: ...

    assert attributes_of(Settings) == {"epochs": 3, "inner/depth": 1, "rate": 0.1}
    put_into_object(Settings, {"rate": 0.5, "epochs": 4})
    assert (Settings.rate, Settings.epochs) == (0.5, 4)


def test_interpolations_are_resolved() -> None:
    """What the program would see; what is missing is said to be."""
    tree = OmegaConf.create({"a": 1, "b": "${a}", "c": "???"})

    assert attributes_of(tree) == {"a": 1, "b": 1, "c": "???"}


def test_extra_fields_of_a_model() -> None:
    """Count as well."""

    class Open(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(extra="allow")
        a: int = 1

    target = Open.model_validate({"b": 2})
    assert attributes_of(target) == {"a": 1, "b": 2}
    put_into_object(target, {"b": 3})
    assert target.model_dump() == {"a": 1, "b": 3}


def test_what_an_object_refuses_is_left(caplog: pytest.LogCaptureFixture) -> None:
    """With a warning that names it."""
    model = Model()

    put_into_object(model, {"rate": "a lot", "layers": [5]})

    assert (model.rate, model.layers) == (0.1, [5])
    assert "'rate' of the task is ignored" in caplog.text


@pytest.mark.parametrize("target", [3, "text", [1], None, print, OmegaConf.create([1])])
def test_other_things_are_refused(target: Any) -> None:
    """The message says what is allowed."""
    with pytest.raises(UsageError, match="allowed is a dictionary"):
        attributes_of(target)


def test_no_library_is_imported() -> None:
    """For who uses none of them."""
    program = (
        "import sys, argparse; from pellucid.sdk.connect import attributes_of; "
        "print(attributes_of(argparse.Namespace(a=1)), {'attr', 'attrs', 'pydantic', 'omegaconf'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "{'a': 1} set()"
