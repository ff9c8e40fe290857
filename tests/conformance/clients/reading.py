"""Runs under the published ``clearml`` package: reads what a task has reported, deletes it; prints one line of JSON."""

from __future__ import annotations

import json
import sys

from clearml import Task
from clearml.backend_api.session.client import APIClient

task = Task.get_task(task_id=sys.argv[1])
events = APIClient().events
raw = events.scalar_metrics_iter_raw(task=task.id, metric={"metric": "loss", "variants": ["train"]}, batch_size=3000)
page = events.get_scalar_metric_data(task=task.id, metric="loss")
multi = events.get_multi_task_plots(tasks=[task.id])
read = {
    "curve": task.get_reported_scalars(max_samples=100)["loss"]["train"],
    "times": task.get_reported_scalars(max_samples=100, x_axis="iso_time")["loss"]["train"]["x"],
    "all": task.get_all_reported_scalars()["loss"]["train"],
    "single": task.get_reported_single_values(),
    "plots": [plot["plot_str"] for plot in task.get_reported_plots()],
    "samples": [sample["iter"] for sample in task.get_debug_samples("img", "s", n_last_iterations=2)],
    "console": task.get_reported_console_output(number_of_reports=2),
    "raw": raw.variants["train"]["y"],
    "first": page.events[0]["iter"],
    "returned": page.returned,
    "names": events.get_scalar_metrics_and_variants(task=task.id).metrics,
    "titles": [entry["metrics"] for entry in events.get_task_metrics(tasks=[task.id], event_type="plot").metrics],
    "latest": [
        (series["name"], series["last_value"])
        for title in events.get_task_latest_scalar_values(task=task.id).metrics
        for series in title["variants"]
    ],
    "side by side": [plot["plot_str"] for plot in multi.plots["m"]["v"][task.id]["2"]["plots"]],
    "lines": events.clear_task_log(task=task.id).deleted,
    "deleted": events.delete_for_task(task=task.id).deleted,
    "left": dict(task.get_reported_scalars()),
}
print("RESULT " + json.dumps(read))
