"""Making a task of what is to be run, without running it (sdk-surface §3.14)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import chdir, nullcontext
from pathlib import Path

from pellucid.base.errors import UsageError
from pellucid.cli.connection import open_client
from pellucid.cli.queues import enqueue, find_queue
from pellucid.sdk.destinations import check_destination

_SKIP_ENVIRONMENT = "-e CLEARML_AGENT_SKIP_PYTHON_ENV_INSTALL=1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run, and where; the names are those of ``clearml-task``."""
    task = parser.add_argument_group("the task")
    task.add_argument("--project", metavar="NAME", help="its project; that of the base task by default")
    task.add_argument("--name", metavar="NAME", help="its name")
    task.add_argument("--task-type", metavar="TYPE", help="what it is for (default: training)")
    task.add_argument("--tags", metavar="TAG", nargs="*", default=[], help="its labels")
    task.add_argument("--output-uri", metavar="URI", help="where its models and artifacts go")
    task.add_argument("--base-task-id", metavar="ID", help="begin with a copy of this task")
    task.add_argument("--queue", metavar="QUEUE", help="put it into this queue; without, it is a draft")

    what = parser.add_argument_group("what to run")
    what.add_argument("--script", metavar="PATH", help="the file, in the repository or folder, or on this machine")
    what.add_argument("--module", metavar="'MODULE ARGUMENTS'", help="a module for python -m, in place of a script")
    what.add_argument("--binary", metavar="PROGRAM", help="the interpreter, such as python3.11")
    what.add_argument("--repo", metavar="URL", help="the git repository that has it")
    what.add_argument("--branch", metavar="NAME", help="of the repository (default: its own default)")
    what.add_argument("--commit", metavar="ID", help="of the repository (default: the branch's latest)")
    what.add_argument("--folder", metavar="PATH", help="a checkout on this machine, with what is not committed")
    what.add_argument("--cwd", metavar="PATH", help="the working folder in the repository (default: its root)")
    what.add_argument(
        "--args", metavar="NAME=VALUE", nargs="*", default=[], help="command-line arguments of the script"
    )
    what.add_argument(
        "--skip-task-init", action="store_true", help="leave a script as it is that never calls Task.init"
    )
    what.add_argument("--skip-repo-detection", action="store_true", help="take a script without its repository")

    where = parser.add_argument_group("what it takes")
    where.add_argument("--requirements", metavar="PATH", help="a file that names the packages")
    where.add_argument("--packages", metavar="PACKAGE", nargs="*", help="lines for pip, such as 'torch>=2.1'")
    where.add_argument("--force-no-requirements", action="store_true", help="no packages at all")
    where.add_argument("--skip-python-env-install", action="store_true", help="run in the container's own environment")
    where.add_argument("--docker", metavar="IMAGE", help="the image of the container to run in")
    where.add_argument("--docker_args", "--docker-args", metavar="ARGUMENTS", help="for docker run, as one text")
    where.add_argument(
        "--docker_bash_setup_script", "--docker-bash-setup-script", metavar="SCRIPT", help="run it first"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the task, and put it into its queue."""
    _check(arguments)
    client = open_client()
    queue = None if arguments.queue is None else find_queue(client, arguments.queue)
    # Patches libraries to record what they do, for which other commands are no place.
    from pellucid.sdk.task import Task

    packages, requirements = _packages(arguments)
    with nullcontext() if arguments.folder is None else chdir(arguments.folder):
        task = Task.create(
            project_name=arguments.project,
            task_name=arguments.name,
            task_type=arguments.task_type,
            repo=arguments.repo,
            branch=arguments.branch,
            commit=arguments.commit,
            script=arguments.script,
            working_directory=arguments.cwd,
            packages=packages,
            requirements_file=requirements,
            docker=arguments.docker,
            docker_args=_docker_args(arguments),
            docker_bash_setup_script=arguments.docker_bash_setup_script,
            argparse_args=_pairs(arguments.args),
            base_task_id=arguments.base_task_id,
            add_task_init_call=not arguments.skip_task_init,
            binary=arguments.binary,
            module=arguments.module,
            detect_repository=not arguments.skip_repo_detection,
        )
    if arguments.tags:
        task.add_tags(arguments.tags)
    if arguments.output_uri is not None:
        task.output_uri = arguments.output_uri
    print(f"New task created id={task.id}")
    if queue is None:
        print("It is a draft, as no --queue is given; pellucid task enqueue has it run")
    else:
        enqueue(client, task.id, queue)
        print(f"It waits in the queue {queue.name}")
    print(f"Execution log at: {task.get_output_log_web_page()}")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """What ``Task.create`` can't know, and what must be known before anything is made."""
    if arguments.base_task_id is None:
        for option in ("project", "name"):
            if getattr(arguments, option) is None:
                raise UsageError(f"--{option} is missing; only with --base-task-id can it be left out")
        if arguments.script is None and arguments.module is None:
            raise UsageError("--script or --module is missing; only with --base-task-id can both be left out")
    if arguments.output_uri is not None:
        check_destination("--output-uri", arguments.output_uri)
    if arguments.branch is not None and arguments.commit is not None:
        raise UsageError(f"--branch is {arguments.branch!r} and --commit {arguments.commit!r}; give one of them")
    if arguments.folder is not None and arguments.repo is not None:
        raise UsageError(f"--folder is {arguments.folder!r} and --repo {arguments.repo!r}; give one of them")
    if arguments.folder is not None and not os.path.isdir(arguments.folder):
        raise UsageError(f"--folder is {arguments.folder!r}, which is no folder")


def _packages(arguments: argparse.Namespace) -> tuple[Sequence[str] | bool | None, Path | None]:
    """Lines for pip, and the file that names them; the folder's own file if nothing else is said."""
    if arguments.force_no_requirements:
        return False, None
    if arguments.requirements is not None:
        return None, Path(arguments.requirements).absolute()
    own = None if arguments.folder is None else Path(arguments.folder, "requirements.txt").absolute()
    return arguments.packages, own if own is not None and arguments.packages is None and own.is_file() else None


def _docker_args(arguments: argparse.Namespace) -> str | None:
    if not arguments.skip_python_env_install:
        return str(arguments.docker_args) if arguments.docker_args is not None else None
    return f"{arguments.docker_args or ''} {_SKIP_ENVIRONMENT}".strip()


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise UsageError(f"--args has {text!r}; allowed is NAME=VALUE")
        pairs.append((name, value))
    return pairs
