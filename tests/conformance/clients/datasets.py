"""Datasets under the unmodified ``clearml`` package; the first argument names the function, the others are its own."""

from __future__ import annotations

import json
import sys
from typing import Any

from clearml import Dataset, Task

PROJECT, NAME = "conformance/Größen", "Maße"


def write(folder: str, changes: str) -> dict[str, Any]:
    """Make a version of the files in a folder, and a child without one of them and with the changes."""
    first = Dataset.create(NAME, PROJECT, dataset_tags=["raw"], description="lengths in m")
    first.add_files(folder)
    first.set_metadata({"rows": 3, "by": "hand"}, metadata_name="origin")
    first.upload(show_progress=False, chunk_size=1)
    first.finalize()

    second = Dataset.create(NAME, PROJECT, parent_datasets=[first.id])
    second.remove_files("sub/deeper/removed.bin")
    second.add_files(changes)
    second.add_tags(["clean"])
    second.upload(show_progress=False)
    second.finalize()
    first.publish()
    return {
        "first": first.id,
        "second": second.id,
        "versions": [first.version, second.version],
        "removed": second.list_removed_files(),
        "modified": second.list_modified_files(),
        "added": second.list_added_files(),
        "chunks": first.get_num_chunks(),
        "graph": second.get_dependency_graph(),
    }


def read() -> dict[str, Any]:
    """Find both versions and fetch their files."""
    newest = Dataset.get(dataset_project=PROJECT, dataset_name=NAME)
    first = Dataset.get(dataset_project=PROJECT, dataset_name=NAME, dataset_version="1.0.0")
    return {
        "newest": newest.id,
        "first": first.id,
        "files": [sorted(first.list_files()), sorted(newest.list_files())],
        "copies": [first.get_local_copy(), newest.get_local_copy()],
        "tags": [first.tags, newest.tags],
        "metadata": first.get_metadata(metadata_name="origin"),
        "final": first.is_final(),
        "listed": Dataset.list_datasets(dataset_project=PROJECT, only_completed=True),
        "raw": [row["id"] for row in Dataset.list_datasets(tags=["raw"])],
    }


def use() -> dict[str, Any]:
    """Take the newest version as the input of a task."""
    task = Task.init("conformance/consumers", "uses a dataset", auto_resource_monitoring=False)
    Dataset.get(dataset_project=PROJECT, dataset_name=NAME, alias="train")
    task.close()
    return {"task": task.id}


def move(before: str, after: str) -> dict[str, Any]:
    """Make versions by synchronising with folders, and give the whole dataset another place and name."""
    first = Dataset.create("mobile", "conformance/from")
    first.sync_folder(before)
    first.finalize(auto_upload=True)
    second = Dataset.get(dataset_project="conformance/from", dataset_name="mobile", writable_copy=True)
    differences = second.sync_folder(after)
    second.finalize(auto_upload=True)
    Dataset.move_to_project("conformance/to", "conformance/from", "mobile")
    moved = Dataset.get(dataset_project="conformance/to", dataset_name="mobile")
    Dataset.rename("settled", "conformance/to", "mobile")
    return {
        "second": second.id,
        "moved": moved.id,
        "differences": differences,
        "left": Dataset.list_datasets(dataset_project="conformance/from"),
        "name": Dataset.get(dataset_id=second.id).name,
        "copy": Dataset.get(dataset_id=second.id).get_mutable_local_copy("mutable"),
    }


def remove(dataset_id: str) -> dict[str, Any]:
    """Delete a version with its files."""
    Dataset.delete(dataset_id=dataset_id)
    try:
        Dataset.get(dataset_id=dataset_id)
    except ValueError as error:
        found: str | None = str(error)
    else:
        found = None
    return {"refused": found, "left": [row["id"] for row in Dataset.list_datasets(dataset_project=PROJECT)]}


if __name__ == "__main__":
    action, *arguments = sys.argv[1:]
    result = {"write": write, "read": read, "use": use, "move": move, "remove": remove}[action](*arguments)
    print("RESULT " + json.dumps(result, default=str))
