"""Makes models, or reads those of a task, by the public API that both SDKs have: ``write`` or ``read <task id>``."""

import json
import os
import sys
from pathlib import Path

from clearml import InputModel, Model, OutputModel, Task


def write() -> dict[str, object]:
    """All ways to make a model; returns what the calls said."""
    task = Task.init(
        "conformance/models",
        "trainer",
        reuse_last_task_id=False,
        auto_connect_frameworks=False,
        auto_resource_monitoring=False,
    )
    for name in ("stays", "goes", "again", "renamed"):
        Path(f"{name}.pt").write_text(name)
    Path("saved/deep").mkdir(parents=True)
    Path("saved/deep/b.txt").write_text("b")

    full = OutputModel(
        task=task,
        config_dict={"layers": 4},
        label_enumeration={"cat": 1},
        name="full",
        tags=["t1"],
        comment="a note",
        framework="PyTorch",
    )
    said: dict[str, object] = {"registered": full.update_weights("stays.pt", auto_delete_file=False, iteration=7)}
    full.set_metadata("accuracy", "0.9", "float")

    files_host = os.environ["CLEARML_FILES_HOST"]
    uploaded = OutputModel(task=task, name="uploaded", config_text="layers = 2")
    uploaded.update_weights("renamed.pt", upload_uri=files_host, target_filename="best.pt", auto_delete_file=False)
    uploaded.report_scalar("loss", "test", value=0.5, iteration=3)
    uploaded.report_single_value("best", 0.25)
    uploaded.report_confusion_matrix("confusion", "test", matrix=[[1, 0], [0, 1]], iteration=3)
    OutputModel(task=task, name="packed", framework="TensorFlow").update_weights_package(
        weights_path="saved", upload_uri=files_host, auto_delete_file=False
    )
    task.update_output_model("goes.pt", name="snapshot", comment="of an epoch", tags=["t2"], iteration=9)
    task.update_output_model("again.pt", model_name="named", auto_delete_file=False)

    base = InputModel.import_model(
        "https://example.com/base.onnx", name="base", config_dict={"a": 1}, label_enumeration={"dog": 2}, tags=["in"]
    )
    task.connect(base)
    task.set_input_model(model_id=base.id, name="twice")
    OutputModel.wait_for_uploads()
    full.publish()
    task.flush(wait_for_uploads=True)
    task.close()
    return {"task": task.id, **said}


def read(task_id: str) -> dict[str, object]:
    """What the other SDK has made."""
    task = Task.get_task(task_id=task_id)
    models = task.models
    uploaded, packed = models["output"]["best"], models["output"]["model_package"]
    full = models["output"]["stays"]
    return {
        "inputs": [[model.name, model.url] for model in models["input"]],
        "uploaded": Path(uploaded.get_local_copy()).read_text(),
        "packed": sorted(path.name for path in Path(packed.get_local_copy()).rglob("*")),
        "files": sorted(path.name for path in packed.get_weights_package()),
        "metadata": [full.get_metadata("accuracy"), full.get_metadata_casted("accuracy")],
        "design": [full.config_dict["layers"], uploaded.config_text, full.labels],
        "is published": [full.published, uploaded.published],
        "framework": [full.framework, packed.framework, models["input"][0].framework],
        "by tag": [model.name for model in Model.query_models(project_name="conformance/models", tags=["t2"])],
        "by metadata": [model.name for model in Model.query_models(metadata={"accuracy": "0.9"})],
        "by name": InputModel(name="uploaded", project="conformance/models").url == uploaded.url,
        "by address": InputModel.load_model(uploaded.url).name,
        "made by": uploaded.task == task_id,
    }


print("RESULT", json.dumps(write() if sys.argv[1] == "write" else read(sys.argv[2])))
