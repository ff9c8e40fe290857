"""Show one task: status, parameters, last metrics, artifacts.

TASK is an id, a name, or project/name; of several with the same name, the one that changed last.
"""

from __future__ import annotations

import argparse

from pellucid.cli.connection import add_json_option, current_connection, find_task, open_client
from pellucid.cli.output import number, print_json, print_table, printable
from pellucid.wire import projects, tasks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which task."""
    parser.add_argument("task", metavar="TASK", help="id, name, or project/name")
    add_json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the task."""
    connection = current_connection()
    client = open_client(connection)
    task = client.send(tasks.GET_BY_ID, tasks.GetById(task=find_task(client, arguments.task))).task
    if arguments.json:
        print_json(task)
        return 0
    project = "-"
    if task.project:
        project = client.send(projects.GET_BY_ID, projects.GetById(project=task.project)).project.name
    _print_heading(task, project, connection.web_host)
    _print_parameters(task)
    _print_metrics(task)
    _print_artifacts(task)
    return 0


def _print_heading(task: tasks.Task, project: str, web_host: str) -> None:
    reason = " ".join(filter(None, [task.status_reason, task.status_message]))
    facts = {
        "task": f"{task.name} ({task.type})",
        "id": task.id,
        "project": project,
        "status": f"{task.status}{f': {reason}' if reason else ''}",
        "started": _when(task.started),
        "ended": _when(task.completed),
        "iteration": str(task.last_iteration),
        "tags": ", ".join(task.tags) or "-",
        "comment": task.comment or "-",
        "page": f"{web_host}/tasks/{task.id}",
    }
    for label, value in facts.items():
        print(f"{label:10} {printable(value)}")


def _when(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "-"


def _print_parameters(task: tasks.Task) -> None:
    rows = [
        [f"{section}/{name}", parameter.value or "", parameter.type or ""]
        for section, parameters in sorted(task.hyperparams.items())
        for name, parameter in sorted(parameters.items())
    ]
    if rows:
        print()
        print_table(["PARAMETER", "VALUE", "TYPE"], rows)


def _print_metrics(task: tasks.Task) -> None:
    metrics = [metric for series in task.last_metrics.values() for metric in series.values()]
    rows = [
        [f"{m.metric} / {m.variant}", number(m.value), number(m.min_value), number(m.max_value), str(m.count)]
        for m in sorted(metrics, key=lambda metric: (metric.metric, metric.variant))
    ]
    if rows:
        print()
        print_table(["METRIC", "LAST", "MIN", "MAX", "POINTS"], rows, right=[1, 2, 3, 4])


def _print_artifacts(task: tasks.Task) -> None:
    rows = [
        [
            str(artifact.get("key")),
            str(artifact.get("type")),
            str(artifact.get("content_size") or "-"),
            str(artifact.get("uri")),
        ]
        for artifact in task.execution.get("artifacts") or []
    ]
    if rows:
        print()
        print_table(["ARTIFACT", "TYPE", "BYTES", "ADDRESS"], rows, right=[2])
