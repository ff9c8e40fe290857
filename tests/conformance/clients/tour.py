"""A tour through the public API of the ``clearml`` package: tasks, queries, reports, models, artifacts, queues."""

import json
import pathlib

import numpy as np

from clearml import InputModel, Logger, Model, OutputModel, Task, TaskTypes
from clearml.backend_api.session.client import APIClient

said = {}
folder = pathlib.Path("given")
folder.mkdir()
(folder / "a.txt").write_text("alpha")
(folder / "weights.bin").write_bytes(b"w" * 1000)

# Reports of every kind.
task = Task.init("tour/reports", "reporter", tags=["x", "y"], reuse_last_task_id=False, auto_resource_monitoring=False)
log = Logger.current_logger()
for step in range(5):
    log.report_scalar("loss", "train", 1.0 / (step + 1), step)
log.report_single_value("best", 0.5)
log.report_text("a line of text")
log.report_histogram("plots", "histogram", np.arange(5), iteration=1)
log.report_vector("plots", "vector", np.arange(4), iteration=1)
log.report_scatter2d("plots", "points", np.array([[0, 1], [1, 2]]), iteration=1)
log.report_scatter3d("plots", "cloud", np.array([[0, 1, 2], [1, 2, 3]]), iteration=1)
log.report_confusion_matrix("plots", "confusion", np.eye(3), iteration=1)
log.report_matrix("plots", "matrix", np.eye(2), iteration=1)
log.report_surface("plots", "surface", np.eye(3), iteration=1)
log.report_table("plots", "table", iteration=1, table_plot=[["a", "b"], [1, 2]])
log.report_image("samples", "image", iteration=1, image=np.zeros((8, 8, 3), dtype=np.uint8))
log.report_media("samples", "text", iteration=1, local_path=str(folder / "a.txt"))

# What belongs to a task.
task.set_parameters({"Args/depth": 3})  # replaces all others
task.set_comment("a comment")
task.set_user_properties(owner="nobody", rank=3)
task.set_parameter("General/rate", 0.1)
settings = task.connect({"layers": 4, "nested": {"width": 8}}, name="Model")
task.connect_configuration({"key": "value"}, name="configuration")
task.set_progress(40)
task.upload_artifact("dictionary", {"a": 1}, wait_on_upload=True)
task.upload_artifact("file", str(folder / "a.txt"), wait_on_upload=True)
task.upload_artifact("array", np.arange(3), wait_on_upload=True)
task.upload_artifact("folder", str(folder), wait_on_upload=True)

output = OutputModel(task=task, name="net", framework="PyTorch", tags=["best"], label_enumeration={"cat": 1})
output.update_weights(weights_filename=str(folder / "weights.bin"), auto_delete_file=False)
output.set_metadata("accuracy", "0.9", "float")
output.update_design(config_dict={"layers": 4})
task.flush(wait_for_uploads=True)
said["task"] = task.id
said["model"] = output.id
task.close()

# Reading back.
read = Task.get_task(task_id=said["task"])
said["status"] = read.get_status()
said["scalars"] = read.get_reported_scalars()["loss"]["train"]["y"]
said["single"] = read.get_reported_single_value("best")
said["plots"] = sorted({plot["variant"] for plot in read.get_reported_plots() if plot["metric"] == "plots"})
said["console"] = any("a line of text" in text for text in read.get_reported_console_output(50))
said["parameters"] = read.get_parameters()
said["configuration"] = read.get_configuration_object_as_dict("configuration")
said["properties"] = {key: item["value"] for key, item in read.get_user_properties().items()}
said["progress"] = read.get_progress()
said["artifacts"] = {
    "dictionary": read.artifacts["dictionary"].get(),
    "file": pathlib.Path(read.artifacts["file"].get_local_copy()).read_text(),
    "array": read.artifacts["array"].get().tolist(),
    "folder": sorted(path.name for path in pathlib.Path(read.artifacts["folder"].get_local_copy()).iterdir()),
}

# Models.
model = InputModel(model_id=said["model"])
said["weights"] = pathlib.Path(model.get_weights(raise_on_error=True)).read_bytes() == b"w" * 1000
said["labels"] = model.labels
said["design"] = model.config_dict
said["metadata"] = model.get_metadata("accuracy")
said["models by tag"] = [found.id for found in Model.query_models(tags=["best"], only_published=False)]
said["models of the task"] = [found.id for found in read.models["output"]]
model.publish()
said["published models"] = [found.id for found in Model.query_models(only_published=True)]

# Clones, queues, states.
client = APIClient()
queue = client.queues.create(name="tour").id
clone = Task.clone(source_task=read, name="a clone")
clone.set_parameter("General/rate", 0.2)
Task.enqueue(clone, queue_name="tour")
said["queued"] = [str(entry.task) for entry in client.queues.get_by_id(queue).entries] == [clone.id]
Task.dequeue(clone)
clone.reload()
said["dequeued"] = clone.get_status()
said["clone's rate"] = clone.get_parameter("General/rate")
created = Task.create("tour/made", "made", task_type=TaskTypes.testing, script="tour.py", add_task_init_call=False)
said["created"] = (str(created.task_type), created.get_status())
created.mark_started()
created.mark_failed(status_reason="on purpose", force=True)
said["failed"] = created.get_status()
created.reset(force=True)
said["reset"] = created.get_status()
created.set_name("renamed")
created.add_tags(["z"])
created.move_to_project(new_project_name="tour/moved")
created.set_archived(True)
read.publish()

# Queries.
said["by name"] = Task.query_tasks(project_name="tour/reports", task_name="reporter") == [said["task"]]
said["by all tags"] = said["task"] in Task.query_tasks(tags=["__$all", "x", "y"])
said["without a tag"] = said["task"] in Task.query_tasks(project_name="tour/reports", tags=["__$not", "x"])
archived = {"system_tags": ["archived"]}
said["archived"] = Task.query_tasks(project_name="tour/moved", task_filter=archived) == [created.id]
said["not archived"] = Task.query_tasks(project_name="tour/moved", task_filter={"system_tags": ["-archived"]})
said["published"] = Task.query_tasks(task_filter={"status": ["published"]}) == [said["task"]]
said["projects"] = sorted(project.name for project in client.projects.get_all(name="^tour"))
said["workers"] = len(client.workers.get_all())
said["exported"] = Task.import_task(read.export_task()).name

# The end of all.
created.delete(delete_artifacts_and_models=True, raise_on_error=True)
said["gone"] = Task.query_tasks(project_name="tour/moved", task_filter=archived)
print("RESULT " + json.dumps(said, default=str))
