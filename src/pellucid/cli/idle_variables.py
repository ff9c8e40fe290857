"""Variables of the classic SDK and agent that change nothing here, and why (sdk-surface §5.1 and §5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_NO_TUNING = "requests need no tuning: the uploader repeats them until they are answered"
_NO_LIMIT = "there is nothing that it would have to switch off"
_RUNS_FIND_EACH_OTHER = "the processes of a run find each other by themselves"
_SAYS_TEMPLATE = "say it with --template, whose words go to the engine"
_BY_FILES = "the repository's own files say which tool is to be used"
_PACKAGES_DECIDE = "packages that depend on it are chosen by the task's requirements and indexes"

IDLE: Final[Mapping[str, str]] = {
    "API_DEFAULT_REQ_METHOD": _NO_TUNING,
    "API_EXTRA_RETRY_CODES": _NO_TUNING,
    "API_VERBOSE": "LOG_LEVEL=DEBUG says what goes wrong",
    "CONFIG_PATH": "there is one file; CONFIG_FILE names it",
    "CONFIG_VERBOSE": "pellucid doctor shows where each value comes from",
    "DEVELOPMENT_DEFAULT_SHELL_BINARY_PATH": "a script is run by what its first line, or the task's binary, says",
    "DISABLE_VAULT_SUPPORT": _NO_LIMIT,
    "ENABLE_ENV_CONFIG_SECTION": "set variables before the program starts",
    "ENABLE_FILES_CONFIG_SECTION": "write files before the program starts",
    "FORCE_MASTER_NODE": _RUNS_FIND_EACH_OTHER,
    "FORCE_MAX_API_VERSION": "client and server agree on the protocol by themselves",
    "IGNORE_MISSING_CONFIG": _NO_LIMIT,
    "JUPYTER_PASSWORD": "a notebook's cells are read in its own process",
    "LOG_STDERR_REDIRECT_LEVEL": "lines of standard error are kept as errors, and shown in their order",
    "MAX_SERIES_PER_METRIC": _NO_LIMIT,
    "MULTI_NODE_SINGLE_TASK": "each node has a task of its own; ranks of one node share one",
    "NODE_ID": _RUNS_FIND_EACH_OTHER,
    "NO_DEFAULT_SERVER": _NO_LIMIT,
    "PROC_MASTER_ID": _RUNS_FIND_EACH_OTHER,
    "SECONDARY_CACHE_DIR": "there is one cache; CACHE_DIR names its folder",
    "SUPPRESS_UPDATE_MESSAGE": _NO_LIMIT,
    "VCS_REPO_TYPE": "git is the only kind",
    "VCS_ROOT": "the diff and the entry point say all that is needed",
    "VCS_STATUS": "the diff says it",
    "AGENT_ABORT_CALLBACK_CMD": "Task.register_abort_callback has a function called",
    "AGENT_ABORT_CALLBACK_TIMEOUT": "Task.register_abort_callback has a function called",
    "AGENT_DISABLE_SSH_MOUNT": "nothing of this machine is shown to a container unless --template says so",
    "AGENT_EXEC_USER": "tasks run as the agent's user",
    "AGENT_EXTRA_DOCKER_LABELS": _SAYS_TEMPLATE,
    "AGENT_EXTRA_PYTHON_PATH": "set PYTHONPATH for the agent, which its tasks inherit",
    "AGENT_FORCE_CODE_DIR": "each task has a folder of its own",
    "AGENT_FORCE_EXEC_SCRIPT": "edit the task's entry point",
    "AGENT_FORCE_POETRY": _BY_FILES,
    "AGENT_FORCE_TASK_INIT": "Task.create puts the call in",
    "AGENT_FORCE_UV": _BY_FILES,
    "AGENT_VENV_CACHE_PATH": "AGENT_CACHE names the folder",
    "CPU_ONLY": "start the agent with --cpu-only",
    "CUDA_VERSION": _PACKAGES_DECIDE,
    "CUDNN_VERSION": _PACKAGES_DECIDE,
    "DOCKER_SKIP_GPUS_FLAG": "start the agent with --cpu-only",
}
"""By the name behind the prefix."""


def idle_variables(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those that are set all the same, each with the reason why it has no effect."""
    for name, reason in IDLE.items():
        if environ.get(f"CLEARML_{name}"):
            yield f"CLEARML_{name}", reason
