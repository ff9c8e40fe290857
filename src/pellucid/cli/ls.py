"""List tasks, the ones that changed last first."""

from __future__ import annotations

import argparse

from pellucid.base.errors import UsageError
from pellucid.cli.connection import add_json_option, open_client, project_ids
from pellucid.cli.output import ago, print_json, print_table
from pellucid.wire import projects, tasks
from pellucid.wire.enums import TaskStatus

_FIELDS = ["id", "name", "project", "status", "type", "last_iteration", "last_update", "tags", "user"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which tasks, and how many."""
    parser.add_argument("project", nargs="?", help="full name of a project; all projects if left out")
    parser.add_argument("--status", choices=[str(status) for status in TaskStatus], help="only tasks in this status")
    parser.add_argument("--name", metavar="REGEX", help="only tasks whose name matches this expression somewhere")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many, 500 at most (default: 20)")
    add_json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    if not 1 <= arguments.limit <= 500:
        raise UsageError(f"--limit is {arguments.limit}; allowed are 1 to 500")
    client = open_client()
    query = tasks.GetAll(
        project=project_ids(client, arguments.project) if arguments.project else None,
        status=arguments.status,
        name=arguments.name,
        system_tags=["-archived"],
        order_by=["-last_update"],
        only_fields=_FIELDS,
        page=0,
        page_size=arguments.limit,
    )
    found = client.send(tasks.GET_ALL, query).tasks
    wanted: list[str | None] = list({task["project"] for task in found if task.get("project")})
    names = {}
    if wanted:
        listing = projects.GetAll(id=wanted, only_fields=["id", "name"], search_hidden=True)
        names = {project["id"]: project["name"] for project in client.send(projects.GET_ALL, listing).projects}
    rows = [{**task, "project_name": names.get(task.get("project"))} for task in found]
    if arguments.json:
        print_json(rows)
    elif not rows:
        print("No tasks." if not arguments.project else f"No tasks in {arguments.project}.")
    else:
        print_table(
            ["ID", "PROJECT", "NAME", "STATUS", "ITERATION", "UPDATED"],
            [
                [
                    row["id"],
                    row["project_name"] or "-",
                    row["name"],
                    row["status"],
                    str(row.get("last_iteration") or 0),
                    ago(row.get("last_update")),
                ]
                for row in rows
            ],
            right=[4, 5],
        )
    return 0
