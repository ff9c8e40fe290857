"""``task.models``: the models of a task, by kind, by place and by name (sdk-surface M187)."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Sequence
from typing import overload

from pellucid.sdk.models.model import Model


class ModelList(Sequence[Model]):
    """Models of one kind, in the order in which the task named them."""

    def __init__(self, named: Sequence[tuple[str, Model]]) -> None:
        self._models = [model for _, model in named]
        self._by_name = dict(named)

    @overload
    def __getitem__(self, index: int | str) -> Model: ...

    @overload
    def __getitem__(self, index: slice) -> list[Model]: ...

    def __getitem__(self, index: int | str | slice) -> Model | list[Model]:
        """By place, ``-1`` being the newest, or by the name within the task.

        Raises:
            IndexError: there are not so many.
            KeyError: there is none of that name.
        """
        if isinstance(index, str):
            return self._by_name[index]
        return self._models[index]

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models)

    def keys(self) -> KeysView[str]:
        """The names within the task."""
        return self._by_name.keys()

    def __repr__(self) -> str:
        return f"{list(self._by_name.items())!r}"


class ModelsByKind(Mapping[str, ModelList]):
    """The models of a task: ``input``, those that it starts from, and ``output``, those that it makes."""

    def __init__(self, inputs: ModelList, outputs: ModelList) -> None:
        self.input = inputs
        self.output = outputs

    def __getitem__(self, kind: str) -> ModelList:
        if kind == "input":
            return self.input
        if kind == "output":
            return self.output
        raise KeyError(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(("input", "output"))

    def __len__(self) -> int:
        return 2

    def __repr__(self) -> str:
        return f"{dict(self)!r}"
