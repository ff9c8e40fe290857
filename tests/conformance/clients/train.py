"""What an agent runs: a script of a repository, with parameters from the command line and from a dictionary."""

import argparse
import threading

from clearml import Task

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--queue", default="", help="where to go on, instead of here")
parser.add_argument("--end", choices=["well", "badly", "never"], default="well")

task = Task.init("conformance/agent", "train", auto_resource_monitoring=False)
options = parser.parse_args()
settings = task.connect({"rate": 0.5})
print(f'RESULT "{task.id}"', flush=True)
if options.queue:
    task.execute_remotely(options.queue)

print(f"training {options.epochs} epochs at {settings['rate']}", flush=True)
for epoch in range(options.epochs):
    task.get_logger().report_scalar("loss", "train", settings["rate"] / (epoch + 1), iteration=epoch)
task.flush(wait_for_uploads=True)
task.upload_artifact("weights", {"epochs": options.epochs}, wait_on_upload=True)
if options.end == "badly":
    raise RuntimeError("diverged")
if options.end == "never":
    threading.Event().wait()
