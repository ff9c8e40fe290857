"""Runs a pipeline of functions under the unmodified ``clearml`` package: its steps, too, unless a queue is named."""

# No import from __future__: the package puts it into the middle of the programs that it makes of the steps.
import json
import sys

from clearml import PipelineController


def count(limit):
    """Make the numbers, and their sum."""
    from clearml import Task

    limit = int(limit)  # The package hands parameters of the pipeline on as text.
    task = Task.current_task()
    task.get_logger().report_scalar("count", "limit", value=limit, iteration=0)
    task.upload_artifact("report", {"limit": limit}, wait_on_upload=True)
    numbers = list(range(limit))
    return numbers, sum(numbers)


def scale(numbers, total):
    """Divide the numbers by their sum."""
    return [number / total for number in numbers]


if __name__ == "__main__":
    pipeline = PipelineController(name="scaling", project="conformance/pipelines", version="1.2.0", pool_frequency=0.01)
    pipeline.add_parameter("limit", 5)
    pipeline.add_function_step(
        name="count",
        function=count,
        function_kwargs={"limit": "${pipeline.limit}"},
        function_return=["numbers", "total"],
        monitor_metrics=[("count", "limit")],
        monitor_artifacts=["report"],
    )
    pipeline.add_function_step(
        name="scale",
        function=scale,
        function_kwargs={"numbers": "${count.numbers}", "total": "${count.total}"},
        function_return=["scaled"],
    )
    if sys.argv[1:]:
        pipeline.set_default_execution_queue(sys.argv[1])
    pipeline.start_locally(run_pipeline_steps_locally=not sys.argv[1:])
    controller = pipeline.task
    steps = pipeline.get_processed_nodes()
    result = {
        "controller": controller.id,
        "successful": pipeline.is_successful(),
        "steps": {step.name: step.executed for step in steps.values()},
        "scaled": controller.get_task(task_id=steps["scale"].executed).artifacts["scaled"].get(),
        "monitored": controller.artifacts["report"].get(),
    }
    print("RESULT " + json.dumps(result))
