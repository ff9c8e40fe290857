"""All that a logger reports and a task keeps; run under either package, for one server to hold what both make."""

import json
import pathlib
import sys

import numpy as np

from clearml import Logger, Task

project = sys.argv[1]
folder = pathlib.Path("given")
folder.mkdir()
(folder / "a.txt").write_text("some text\n")
(folder / "b.csv").write_text("a,b\n1,2\n")
(folder / "page.html").write_text("<b>bold</b>")

task = Task.init(project, "reports", reuse_last_task_id=False, auto_resource_monitoring=False)
log = task.get_logger()
for step in range(4):
    log.report_scalar("loss", "train", 1.0 / (step + 1), step)
    Logger.current_logger().report_scalar(title="loss", series="test", value=2.0 / (step + 1), iteration=step)
log.report_single_value("best", 0.5)
log.report_text("a line", print_console=False)
log.report_text("worse", level=30, print_console=False)

values = np.array([[0, 1], [1, 2], [2, 4]])
log.report_histogram("2d", "histogram", [1, 2, 3], iteration=1, xaxis="x", yaxis="y", labels=["one"])
log.report_histogram("2d", "groups", np.array([[1, 2], [3, 4]]), 1, xlabels=["a", "b"], labels=["one", "two"])
log.report_vector("2d", "vector", [4, 5, 6], iteration=2)
log.report_scatter2d("2d", "line", values, iteration=1, xaxis="x", yaxis="y")
log.report_scatter2d("2d", "points", values, 1, mode="markers", labels=["a", "b", "c"])
log.report_line_plot(
    "2d", [{"name": "first", "data": values}, {"name": "second", "data": values * 2}], "x", "y", iteration=1
)
log.report_scatter3d("3d", "cloud", np.array([[0, 1, 2], [1, 2, 3]]), iteration=1, xaxis="x", yaxis="y", zaxis="z")
log.report_surface("3d", "surface", np.eye(3), iteration=1, xaxis="x", yaxis="y", zaxis="z")
log.report_confusion_matrix("2d", "confusion", np.array([[3, 1], [0, 4]]), 1, xlabels=["a", "b"], ylabels=["a", "b"])
log.report_matrix("2d", "matrix", np.array([[1.0, 2.0], [3.0, 4.0]]), iteration=1)
log.report_table("tables", "list", iteration=1, table_plot=[["a", "b"], [1, 2], [3, 4]])
log.report_plotly("own", "figure", {"data": [{"type": "bar", "x": [1, 2], "y": [3, 4]}], "layout": {}}, iteration=3)

log.report_image("samples", "grey", iteration=1, image=np.zeros((4, 6), dtype=np.uint8))
log.report_image("samples", "colour", iteration=1, image=np.full((4, 6, 3), 128, dtype=np.uint8))
log.report_image("samples", "unit", iteration=2, image=np.full((4, 6, 3), 0.5))
log.report_image("samples", "by address", iteration=1, url="https://files.example/a.png")
log.report_media("samples", "text", iteration=1, local_path=str(folder / "a.txt"))
log.report_media("samples", "page", iteration=1, local_path=str(folder / "page.html"))
log.report_media("samples", "far away", iteration=1, url="https://files.example/a.mp4")

task.upload_artifact("numbers", np.arange(3), wait_on_upload=True)
task.upload_artifact("dictionary", {"a": [1, 2], "b": {"c": "d"}}, wait_on_upload=True)
task.upload_artifact("as yaml", {"a": 1}, extension_name=".yaml", wait_on_upload=True)
task.upload_artifact("words", ["a", "b"], wait_on_upload=True)
task.upload_artifact("folder", str(folder), wait_on_upload=True)
task.upload_artifact("some", str(folder / "*.txt"), wait_on_upload=True)
task.upload_artifact("path", folder / "a.txt", metadata={"source": "hand"}, wait_on_upload=True)
task.flush(wait_for_uploads=True)
task.close()
print("RESULT " + json.dumps(task.id))
