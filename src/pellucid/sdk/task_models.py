"""The part of ``Task`` that deals with models (seed, Models; sdk-surface §1.19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_flag, check_iteration, check_tags, check_text
from pellucid.sdk.destinations import FILE_SERVER, destination_of
from pellucid.sdk.models.base import BaseModel
from pellucid.sdk.models.book import Kind
from pellucid.sdk.models.design import check_labels, design_dict, design_text
from pellucid.sdk.models.given_files import check_file
from pellucid.sdk.models.input_model import InputModel
from pellucid.sdk.models.listing import ModelList, ModelsByKind
from pellucid.sdk.models.model import Model
from pellucid.sdk.models.output_model import OutputModel, request_of, task_design
from pellucid.sdk.models.owner import ModelOwner
from pellucid.sdk.models.weights_methods import Update
from pellucid.wire.models import Create


class ModelMethods(ModelOwner):
    """Models of a task."""

    @property
    def models(self) -> ModelsByKind:
        """The models that the task uses (``input``) and those that it makes (``output``), by place or by name; offline
        too (sdk-surface C19). Names of models are those within the task."""
        return ModelsByKind(self._listed("input"), self._listed("output"))

    def get_models(self) -> ModelsByKind:
        """The same as ``models``."""
        return self.models

    @property
    def input_models_id(self) -> dict[str, str]:
        """Ids of the models that the task uses, by their names within it."""
        return dict(self._models.entries("input"))

    @property
    def output_models_id(self) -> dict[str, str]:
        """Ids of the models that the task makes, by their names within it."""
        return dict(self._models.entries("output"))

    def update_output_model(
        self,
        model_path: str | Path,
        name: str | None = None,
        comment: str | None = None,
        tags: Iterable[str] | None = None,
        model_name: str | None = None,
        iteration: int | None = None,
        auto_delete_file: bool = True,
    ) -> str:
        """Keep a file, or a folder, as an output model (seed, Updating Models Manually).

        It always is stored: where the task's ``output_uri`` says, else on the file server. One of the same file name as
        the last one under this name updates that model, in all that is given; otherwise there is a new model, which
        takes the place of the former in the task's list.

        Args:
            model_path: the file or folder.
            name: its name within the task; the file's, without suffix, by default.
            comment: a description for people.
            tags: labels.
            model_name: name of the model; by default the task's with ``name``.
            iteration: what it is the state of; the task's last one by default.
            auto_delete_file: the program's file or folder is to be gone, at once: the snapshot is what is left.

        Returns:
            The address of the weights, which are stored in the background if the task runs here.

        Raises:
            UsageError: it does not exist, or another argument can't be used; nothing is made.
            OSError: the file can't be read, or the disk is full.
            ServerError: the task does not run here, and the server is away or said no.
        """
        path = check_file("model_path", model_path)
        destination = destination_of(self._models.document())
        update = Update(
            shown=str(model_path),
            destination=FILE_SERVER if destination is None else destination,
            entry=path.stem if name is None else check_text("name", name),
            iteration=self._models.last_iteration() or None if iteration is None else check_iteration(iteration),
            give_away=check_flag("auto_delete_file", auto_delete_file),
        )
        task_name = self._models.document().name
        wanted = request_of(
            self,
            name=check_text("model_name", model_name or (task_name if name is None else f"{task_name} - {name}")),
            tags=check_tags(tags),
            comment="" if comment is None else check_text("comment", comment),
        )
        stored_name = f"{path.resolve().name}.zip" if path.is_dir() else path.name
        model = self._output_model(wanted, update, stored_name)
        return model._pack([path], stored_name, update) if path.is_dir() else model._take(path, stored_name, update)

    def set_input_model(
        self,
        model_id: str | None = None,
        model_name: str | None = None,
        update_task_design: bool = True,
        update_task_labels: bool = True,
        name: str | None = None,
    ) -> None:
        """Have the task start from a model.

        Args:
            model_id: its id.
            model_name: its name, in place of an id; the newest counts.
            update_task_design: whether the design of the task's later models is that of this one.
            update_task_labels: whether their labels are.
            name: its name within the task; its own by default.

        Raises:
            UsageError: there is no such model, or not one of id and name is given.
            ServerError: the server is away or said no.
        """
        if (model_id is None) == (model_name is None):
            raise UsageError(f"model_id is {model_id!r}, and model_name is {model_name!r}; allowed is one of the two")
        check_flag("update_task_design", update_task_design)
        check_flag("update_task_labels", update_task_labels)
        model = InputModel(model_id=model_id, name=model_name)
        self._models.link("input", model.name if name is None else check_text("name", name), model.id)
        self._models.adopt(model._document, design=update_task_design, labels=update_task_labels)

    def remove_input_models(self, models_to_remove: Iterable[str | BaseModel]) -> None:
        """Take models off the list of those that the task starts from; the models stay.

        Args:
            models_to_remove: models, or their ids.

        Raises:
            UsageError: one is none of the task's input models; nothing is removed.
            ServerError: the task does not run here, and the server is away or said no.
        """
        given = [models_to_remove] if isinstance(models_to_remove, str | BaseModel) else list(models_to_remove)
        entries = self._models.entries("input")
        unwanted = [one.id if isinstance(one, BaseModel) else one for one in given]
        for one in unwanted:
            if one not in [model for _, model in entries]:
                raise UsageError(
                    f"models_to_remove has {one!r}; the task starts from {[model for _, model in entries]}"
                )
        if unwanted:
            self._models.unlink("input", [entry for entry, model in entries if model in unwanted])

    def set_model_config(self, config_text: str | None = None, config_dict: Mapping[str, Any] | None = None) -> None:
        """Set the design of the output models that the task makes from now on.

        Args:
            config_text: as a text.
            config_dict: as a dictionary.

        Raises:
            UsageError: not one of the two is given, or it is of another kind.
        """
        design = design_text(config_text, config_dict)
        if design is None:
            raise UsageError("config_text and config_dict are None; allowed is one of the two")
        self._models.set_design(design)

    def get_model_config_text(self) -> str:
        """That design, as a text; empty if there is none."""
        return task_design(self._models.document().configuration)

    def get_model_design(self) -> str:
        """The same as ``get_model_config_text``."""
        return self.get_model_config_text()

    def get_model_config_dict(self) -> dict[str, Any]:
        """That design, as a dictionary; empty if there is none.

        Raises:
            UsageError: it is no dictionary.
        """
        return design_dict(self.get_model_config_text())

    def connect_label_enumeration(
        self, enumeration: Mapping[str, int], ignore_remote_overrides: bool = False
    ) -> dict[str, int]:
        """Set the names of classes of the output models that the task makes from now on.

        Args:
            enumeration: names to numbers.
            ignore_remote_overrides: keep these also under an agent, whose task's own would take their place otherwise.

        Returns:
            What holds.

        Raises:
            UsageError: they are something else.
        """
        given = check_labels("enumeration", enumeration)
        if given is None:
            raise UsageError("enumeration is None; allowed is a dictionary of names to integers, such as {'cat': 1}")
        stored = self.get_labels_enumeration()
        remote = self._models.takes_remote_values and not check_flag("ignore_remote_overrides", ignore_remote_overrides)
        if remote and stored:
            return stored
        self._models.set_labels(given)
        return given

    def set_model_label_enumeration(self, enumeration: Mapping[str, int] | None = None) -> None:
        """Set the names of classes of the output models that the task makes from now on.

        Args:
            enumeration: names to numbers; none by default.

        Raises:
            UsageError: they are something else.
        """
        self._models.set_labels(check_labels("enumeration", enumeration) or {})

    def get_labels_enumeration(self) -> dict[str, int]:
        """Those names."""
        return dict(self._models.document().execution.get("model_labels") or {})

    def _output_model(self, wanted: Create, update: Update, stored_name: str) -> OutputModel:
        assert update.entry is not None
        earlier = self._models.earlier(update.entry, stored_name)
        if earlier is None:
            return OutputModel._listed(self, wanted, update.entry)
        model = OutputModel._again(self, earlier)
        model._edit(name=wanted.name, comment=wanted.comment, **({"tags": wanted.tags} if wanted.tags else {}))
        return model

    def _listed(self, kind: Kind) -> ModelList:
        book = self._models
        return ModelList([(name, Model._of(book.record(model), book)) for name, model in book.entries(kind)])
