"""The classic command names."""

from pellucid.cli.clearml_agent import main as agent
from pellucid.cli.clearml_task import main as task
from pellucid.cli.init import clearml_init as init

__all__ = ["agent", "init", "task"]
