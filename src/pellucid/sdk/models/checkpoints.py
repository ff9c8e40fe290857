"""What a run makes of weights that libraries write and read (seed, Using Models; sdk-surface M189, §4.19).

Each path is one model, which gets new weights each time that it is written. What is read leads back to the model that
it is, by a note of this machine (``pellucid.sdk.models.known_files``), else, in a thread of ours, by its content or its
address on the server; weights that nobody knows become a model of their own.
"""

from __future__ import annotations

import glob
import hashlib
import threading
import time
from pathlib import Path
from typing import Final, NamedTuple

from pellucid.base.errors import PellucidError
from pellucid.base.log import trouble
from pellucid.sdk import current
from pellucid.sdk.models.book import ModelBook
from pellucid.sdk.models.design import framework_of
from pellucid.sdk.models.output_model import OutputModel, request_of
from pellucid.sdk.models.owner import ModelOwner
from pellucid.sdk.models.querying import find_models, model_conditions
from pellucid.sdk.models.weights_methods import Update
from pellucid.sdk.servers import open_client
from pellucid.wire import models

_PATIENCE: Final = 3.0
"""Seconds that the end of a task waits for answers about weights that it has read."""


class _Checkpoint(NamedTuple):
    """The model of a path, what the task calls it, and what its file is stored as."""

    model: OutputModel
    entry: str
    stored_name: str


class Checkpoints:
    """The files of weights of the task that runs in this process."""

    def __init__(self) -> None:
        """None yet."""
        self._lock = threading.Lock()
        self._saved: dict[Path, _Checkpoint] = {}
        self._questions: dict[Path, threading.Thread] = {}

    def saved(self, path: str | Path, framework: str | None = None) -> None:
        """Weights were written; they are an output model of the task.

        They are stored where the task's ``output_uri`` says, from a snapshot; if it does not say, they stay where they
        are, and only their path is recorded (sdk-surface M191, M192).

        Args:
            path: the file or folder; one that is gone already is passed over.
            framework: what they are for; by default what the file's name tells.
        """
        owner, file = current.peek(), Path(path).absolute()
        if owner is None or not file.exists():
            return
        with self._lock:
            checkpoint = self._saved.get(file)
            if checkpoint is None or checkpoint.model.published:
                checkpoint = self._saved[file] = self._made(owner, file, framework)
            _update(checkpoint, file)
        owner._models.known_files.remember(file, checkpoint.model.id)

    def loaded(self, path: str | Path, framework: str | None = None) -> None:
        """Weights were read; they are an input model of the task.

        Args:
            path: the file or folder; one that is gone already is passed over.
            framework: what they are for; by default what the file's name tells.
        """
        owner, file = current.peek(), Path(path).absolute()
        if owner is None or not file.exists():
            return
        book = owner._models
        known = book.known_files.find(file)
        if known is not None:
            _link(book, file, known)
            return
        with self._lock:
            if file not in self._questions:
                thread = threading.Thread(
                    target=self._identify, args=(owner, file, framework), name="pellucid-weights", daemon=True
                )
                self._questions[file] = thread
                thread.start()

    def close(self) -> None:
        """Wait for what is being found out, for a little while."""
        deadline = time.monotonic() + _PATIENCE
        for thread in list(self._questions.values()):
            thread.join(max(deadline - time.monotonic(), 0.0))

    def after_fork(self) -> None:
        """In a child: the parent's threads and locks are not ours."""
        self._lock = threading.Lock()
        self._questions = {}

    def _made(self, owner: ModelOwner, file: Path, framework: str | None) -> _Checkpoint:
        entry, name = self._entry(file), self._stored_name(file)
        wanted = request_of(
            owner,
            name=f"{owner._models.document().name} - {entry}",
            framework=framework or framework_of(file.name) or "",
        )
        return _Checkpoint(OutputModel._listed(owner, wanted, entry, file), entry, name)

    def _entry(self, file: Path) -> str:
        """What the task calls the model of a path: the file's name without suffix, unless another path has that."""
        taken = {other.entry for path, other in self._saved.items() if path != file}
        names = [file.stem, file.name, f"{file.parent.name}/{file.name}"]
        return next((name for name in names if name not in taken), str(file))

    def _stored_name(self, file: Path) -> str:
        """A name under which no other path's file is stored."""
        if all(other.stored_name != file.name for path, other in self._saved.items() if path != file):
            return file.name
        return f"{file.stem}.{hashlib.sha256(str(file).encode()).hexdigest()[:8]}{file.suffix}"

    def _identify(self, owner: ModelOwner, file: Path, framework: str | None) -> None:
        try:
            known = owner._models.known_files
            model = known.find_twin(file) or _on_server(owner, file) or _imported(owner, file, framework)
            known.remember(file, model)
            _link(owner._models, file, model)
        except Exception as error:  # noqa: BLE001 - nobody else sees what a thread of ours runs into
            trouble("models.load", f"It is not recorded that the program has read {file}.", error)
        finally:
            self._questions.pop(file, None)


def _update(checkpoint: _Checkpoint, file: Path) -> None:
    model, files = checkpoint.model, _files(file)
    packed = file.is_dir() or len(files) > 1
    update = Update(shown=file.name, destination=model._find_destination(None), entry=checkpoint.entry, packed=packed)
    if update.destination is None:
        model._register(file.as_uri(), update)
    elif packed:
        model._pack(files, f"{checkpoint.stored_name}.zip", update)
    else:
        model._take(file, checkpoint.stored_name, update)


def _files(file: Path) -> list[Path]:
    """What is stored: of a checkpoint of TensorFlow, which goes by its index, the data beside it, too."""
    is_index = file.suffix == ".index"
    return [file, *sorted(file.parent.glob(f"{glob.escape(file.stem)}.data-*"))] if is_index else [file]


def _link(book: ModelBook, file: Path, model: str) -> None:
    if (file.stem, model) not in book.entries("input"):
        book.link("input", file.stem, model)


def _on_server(owner: ModelOwner, file: Path) -> str | None:
    """The newest model that is registered at a path."""
    if owner._connection is None:
        return None
    client = open_client(owner._connection)
    try:
        return next(find_models(client, {**model_conditions(client), "uri": [file.as_uri()]}), None)
    except PellucidError as error:
        trouble("models.find", f"The server can't be asked which model {file} is; it counts as a new one.", error)
        return None
    finally:
        client.close()


def _imported(owner: ModelOwner, file: Path, framework: str | None) -> str:
    document = owner._models.document()
    request = models.Create(
        name=f"{document.name} - {file.stem}",
        uri=file.as_uri(),
        project=document.project,
        comment=f"Imported by task id: {document.id}",
        framework=framework or framework_of(file.name) or "",
        ready=False,
    )
    return owner._models.create(request, file=file).model_id
