"""``OutputModel``: a model that a task makes (seed, Logging Models Manually; sdk-surface M178-M186)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from pellucid.base.errors import UsageError
from pellucid.sdk import current
from pellucid.sdk.arguments import check_tags, check_text
from pellucid.sdk.models import weights as storing
from pellucid.sdk.models.book import DESIGN
from pellucid.sdk.models.design import check_labels, design_text, joined
from pellucid.sdk.models.owner import MakerOfModel, ModelOwner, owner_or_current
from pellucid.sdk.models.records import ModelRecord
from pellucid.sdk.models.weights_methods import WeightsMethods
from pellucid.wire import models

_FIELDS: Final = ("design", "labels", "name", "tags", "comment", "framework")


class OutputModel(WeightsMethods):
    """A model that a task makes; one of the task's output models from the beginning (seed; sdk-surface C11)."""

    def __init__(
        self,
        task: Any = None,
        config_text: str | None = None,
        config_dict: Mapping[str, Any] | None = None,
        label_enumeration: Mapping[str, int] | None = None,
        name: str | None = None,
        tags: Iterable[str] | None = None,
        comment: str | None = None,
        framework: str | None = None,
        base_model_id: str | None = None,
    ) -> None:
        """Make a model of a task.

        If the task runs here, nothing is waited for, and the id is known at once, also without a server.

        Args:
            task: the task, by default the current one; if there is none, that of the model to go on with.
            config_text: its design, as a text; by default that of the task (``Task.set_model_config``).
            config_dict: its design, as a dictionary.
            label_enumeration: names of classes to their numbers; by default those of the task.
            name: the task's name by default.
            tags: labels.
            comment: a description for people.
            framework: what its weights are for, such as ``PyTorch``; by default what their file's name tells.
            base_model_id: id of a model to go on with, in place of a new one; what else is given changes it. Waits for
                the server, unless this process has made it.

        Raises:
            UsageError: an argument is of another kind, there is no task, or the model to go on with is published or
                does not exist; nothing is made.
            ServerError: the task does not run here, or the model was not made here, and the server is away or said no.
        """
        if task is None and base_model_id is not None and current.get() is None:
            owner: ModelOwner = MakerOfModel(check_text("base_model_id", base_model_id))
        else:
            owner = owner_or_current(task)
        design, labels = design_text(config_text, config_dict), check_labels("label_enumeration", label_enumeration)
        wanted = request_of(
            owner,
            design=design,
            labels=labels,
            name=None if name is None else check_text("name", name),
            tags=check_tags(tags),
            comment="" if comment is None else _text("comment", comment),
            framework="" if framework is None else check_text("framework", framework),
        )
        self._book = book = owner._models
        if base_model_id is not None:
            super().__init__(book.taken_up(check_text("base_model_id", base_model_id)), book)
            fields = zip(_FIELDS, (design, labels, name, tags, comment, framework), strict=True)
            self._go_on({field: getattr(wanted, field) for field, given in fields if given is not None})
            return
        super().__init__(book.create(wanted), book)
        # A name that was asked for replaces an older model of that name; one that was not gives way (sdk-surface M181).
        book.link("output", book.free_name(wanted.name) if name is None else wanted.name, self.id)

    def _go_on(self, changes: dict[str, Any]) -> None:
        """Be a model that is there already, but for some fields."""
        self._check_unpublished()
        if changes:
            self._edit(**changes)
        if self.id not in dict(self._book.entries("output")).values():
            self._book.link("output", self.name, self.id)

    @classmethod
    def _listed(cls, owner: ModelOwner, wanted: models.Create, entry: str, file: Path | None = None) -> Self:
        """Make a model that the task knows by another name than its own; all processes make the same of one file."""
        model = cls._again(owner, owner._models.create(wanted, file=file))
        owner._models.link("output", entry, model.id)
        return model

    @classmethod
    def _again(cls, owner: ModelOwner, record: ModelRecord) -> Self:
        """An output model that is there already."""
        model = cls.__new__(cls)
        WeightsMethods.__init__(model, record, owner._models)
        model._book = owner._models
        return model

    @property
    def config_text(self) -> str:
        """Its design, as a text."""
        return super().config_text

    @config_text.setter
    def config_text(self, value: str) -> None:
        self.update_design(config_text=value)

    @property
    def config_dict(self) -> dict[str, Any]:
        """Its design, as a dictionary.

        Raises:
            UsageError: it is none.
        """
        return super().config_dict

    @config_dict.setter
    def config_dict(self, value: Mapping[str, Any]) -> None:
        self.update_design(config_dict=value)

    @property
    def labels(self) -> dict[str, int]:
        """Names of classes to their numbers."""
        return super().labels

    @labels.setter
    def labels(self, value: Mapping[str, int]) -> None:
        self.update_labels(value)

    def connect(self, task: Any, name: str | None = None, **kwargs: Any) -> None:
        """Name it among the output models of another task, too.

        Args:
            task: the task.
            name: what it is called there; its own name by default.
            kwargs: accepted for existing scripts, without effect.

        Raises:
            UsageError: it is no task.
            ServerError: that task does not run here, and the server is away or said no.
        """
        entry = self.name if name is None else check_text("name", name)
        owner_or_current(task)._models.link("output", entry, self.id)

    def update_design(self, config_text: str | None = None, config_dict: Mapping[str, Any] | None = None) -> bool:
        """Set its design.

        Args:
            config_text: as a text.
            config_dict: as a dictionary.

        Returns:
            True.

        Raises:
            UsageError: not one of the two is given, it is of another kind, or the model is published.
        """
        design = design_text(config_text, config_dict)
        if design is None:
            raise UsageError("config_text and config_dict are None; allowed is one of the two")
        self._check_unpublished()
        self._edit(design={"design": design})
        return True

    def update_labels(self, labels: Mapping[str, int]) -> bool:
        """Set the names of classes.

        Args:
            labels: names to numbers.

        Returns:
            True.

        Raises:
            UsageError: they are something else, or the model is published.
        """
        self._check_unpublished()
        self._edit(labels=check_labels("labels", labels) or {})
        return True

    def publish(self) -> None:
        """Let nobody change it any more. Weights that are on their way are stored before."""
        if not self.published:
            request = models.Edit(model=self.id, ready=True)
            storing.after_uploads(self._book, self._record, models.EDIT, request, ready=True)


def request_of(
    owner: ModelOwner,
    *,
    design: str | None = None,
    labels: dict[str, int] | None = None,
    name: str | None = None,
    tags: list[str] | None = None,
    comment: str = "",
    framework: str = "",
) -> models.Create:
    """The request that makes an output model of a task; what is not given is as the task says."""
    document = owner._models.document()
    return models.Create(
        name=document.name if name is None else name,
        uri="",
        project=document.project,
        task=document.id,
        comment=joined(f"Created by task id: {document.id}", comment),
        tags=tags or [],
        framework=framework,
        design={"design": task_design(document.configuration) if design is None else design},
        labels=dict(document.execution.get("model_labels") or {}) if labels is None else labels,
        ready=False,
    )


def task_design(configuration: Mapping[str, Any]) -> str:
    """The design that a task has for its models; empty if it has none."""
    item = configuration.get(DESIGN)
    return "" if item is None else item.value or ""


def _text(argument: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise UsageError(f"{argument} is {value!r}; allowed is a text")
