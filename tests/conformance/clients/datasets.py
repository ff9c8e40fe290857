"""Datasets under the unmodified ``clearml`` package: ``datasets.py write FOLDER CHANGES | read | use | remove ID``."""

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
    first.upload(show_progress=False)
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
    result = {"write": write, "read": read, "use": use, "remove": remove}[action](*arguments)
    print("RESULT " + json.dumps(result, default=str))
