"""Runs under the unmodified ``clearml`` package: a first tracked run, then read back; prints one line of JSON."""

from __future__ import annotations

import json
import time

from clearml import Task

task = Task.init(project_name="conformance/first", task_name="first run", reuse_last_task_id=False)
task.set_parameters({"Args/epochs": 7, "rate": 0.5})
connected = task.connect({"depth": 3, "nested": {"a": [1, 2]}}, name="model")
logger = task.get_logger()
for iteration in range(10):
    logger.report_scalar("loss", "train", value=1.0 / (iteration + 1), iteration=iteration)
logger.report_single_value("best", 0.25)
print("hello from the client")
logger.report_text("a line of text")
task.flush(wait_for_uploads=True)

# The client reports in the background; reading back is only meaningful once its own buffer is empty.
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    curve = task.get_reported_scalars().get("loss", {}).get("train", {})
    if len(curve.get("x", [])) == 10:
        break
    time.sleep(0.2)

read_back = {
    "id": task.id,
    "curve": {"x": list(curve["x"]), "y": list(curve["y"])},
    "last": task.get_last_scalar_metrics(),
    "single": task.get_reported_single_values(),
    "parameters": task.get_parameters(),
}
task.close()
again = Task.get_task(project_name="conformance/first", task_name="first run")
read_back["status"] = again.get_status()
read_back["found"] = again.id
read_back["console"] = again.get_reported_console_output(number_of_reports=100)
print("RESULT " + json.dumps(read_back))
