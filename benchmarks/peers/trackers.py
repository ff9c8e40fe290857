"""The tools under measurement, each behind the same three calls, with the settings that it has by default.

Runs in environments that have no Pellucid: only the standard library and the tool itself may be imported, and the tool
only when it is started.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol


class Tracker(Protocol):
    """One tool, tracking one run without a server."""

    def load(self, folder: Path) -> None:
        """Import what scripts import; the tool is to keep its data in the folder."""

    def start(self, folder: Path) -> None:
        """Begin a run."""

    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """Log one point by the tool's natural call."""

    def finish(self) -> None:
        """End the run as a script would."""


class Pellucid:
    """``Logger.report_scalar``, offline."""

    log: Callable[[str, str, float, int], None]

    def load(self, folder: Path) -> None:
        """Import."""
        os.environ |= {"PELLUCID_HOME": str(folder), "PELLUCID_OFFLINE_MODE": "1"}
        from pellucid import Task

        self._class = Task

    def start(self, folder: Path) -> None:
        """Begin."""
        self._task = self._class.init(project_name="benchmark", task_name="peers", reuse_last_task_id=False)
        self.log = self._task.get_logger().report_scalar

    def finish(self) -> None:
        """End."""
        self._task.close()


class ClearML:
    """``Logger.report_scalar``, offline."""

    log: Callable[[str, str, float, int], None]

    def load(self, folder: Path) -> None:
        """Import."""
        os.environ |= {"CLEARML_CACHE_DIR": str(folder), "CLEARML_CONFIG_FILE": os.devnull, "HOME": str(folder)}
        from clearml import Task

        self._class = Task

    def start(self, folder: Path) -> None:
        """Begin."""
        self._class.set_offline(True)
        self._task = self._class.init(project_name="benchmark", task_name="peers", reuse_last_task_id=False)
        self.log = self._task.get_logger().report_scalar

    def finish(self) -> None:
        """End."""
        self._task.close()


class Mlflow:
    """``log_metric`` into SQLite."""

    def load(self, folder: Path) -> None:
        """Import."""
        import mlflow

        self._mlflow: Any = mlflow

    def start(self, folder: Path) -> None:
        """Begin."""
        self._mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        self._mlflow.set_experiment("benchmark")
        self._mlflow.start_run()

    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """One point."""
        self._mlflow.log_metric(f"{title}/{series}", value, step=iteration)

    def finish(self) -> None:
        """End."""
        self._mlflow.end_run()


class MlflowBatches(Mlflow):
    """``log_batch`` with 1000 points, the most that it takes, gathered by the script."""

    def load(self, folder: Path) -> None:
        """Import."""
        super().load(folder)
        from mlflow.entities import Metric

        self._metric: Any = Metric

    def start(self, folder: Path) -> None:
        """Begin."""
        super().start(folder)
        self._gathered: list[Any] = []
        self._client = self._mlflow.tracking.MlflowClient()
        self._run = self._mlflow.active_run().info.run_id

    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """One point, sent with the thousandth."""
        self._gathered.append(self._metric(f"{title}/{series}", value, int(time.time() * 1000), iteration))
        if len(self._gathered) == 1000:
            self._send()

    def finish(self) -> None:
        """End."""
        self._send()
        super().finish()

    def _send(self) -> None:
        if self._gathered:
            self._client.log_batch(self._run, metrics=self._gathered)
            self._gathered = []


class WandB:
    """``run.log``, offline."""

    def load(self, folder: Path) -> None:
        """Import."""
        os.environ |= {"WANDB_SILENT": "true", "WANDB_MODE": "offline"}
        import wandb

        self._wandb: Any = wandb

    def start(self, folder: Path) -> None:
        """Begin."""
        self._run: Any = self._wandb.init(project="benchmark", dir=str(folder))

    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """One point; those of one step make one record."""
        self._run.log({f"{title}/{series}": value}, step=iteration)

    def finish(self) -> None:
        """End."""
        self._run.finish()


class Trackio:
    """``trackio.log`` into SQLite."""

    def load(self, folder: Path) -> None:
        """Import."""
        os.environ |= {"TRACKIO_DIR": str(folder), "HF_HUB_OFFLINE": "1"}
        import trackio

        self._trackio: Any = trackio

    def start(self, folder: Path) -> None:
        """Begin."""
        self._trackio.init(project="benchmark")

    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """One point."""
        self._trackio.log({f"{title}/{series}": value}, step=iteration)

    def finish(self) -> None:
        """End."""
        self._trackio.finish()


class TensorBoardX:
    """``SummaryWriter.add_scalar``."""

    def load(self, folder: Path) -> None:
        """Import."""
        from tensorboardX import SummaryWriter

        self._class: Any = SummaryWriter

    def start(self, folder: Path) -> None:
        """Begin."""
        self._writer: Any = self._class(str(folder))

    def log(self, title: str, series: str, value: float, iteration: int) -> None:
        """One point."""
        self._writer.add_scalar(f"{title}/{series}", value, iteration)

    def finish(self) -> None:
        """End."""
        self._writer.close()


TRACKERS: dict[str, Callable[[], Tracker]] = {
    "pellucid": Pellucid,
    "clearml": ClearML,
    "mlflow log_metric": Mlflow,
    "mlflow log_batch": MlflowBatches,
    "wandb": WandB,
    "trackio": Trackio,
    "tensorboardX": TensorBoardX,
}
"""By the name in the table; the first word names the environment."""
