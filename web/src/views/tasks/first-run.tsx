import { useEffect } from "preact/hooks";

import { CodeBlock } from "../parts/code-block";
import { setTitle } from "../parts/title";

const SCRIPT = `from pellucid import Task

task = Task.init(project_name="vision", task_name="first steps")
for step in range(100):
    task.get_logger().report_scalar("loss", "train", value=1 / (step + 1), iteration=step)
task.upload_artifact("settings", {"layers": 4})
`;

const settings = (host: string) => `export PELLUCID_API_HOST=${host}
export PELLUCID_API_ACCESS_KEY=…
export PELLUCID_API_SECRET_KEY=…
`;

/** What stands in place of the list until there is a task. The list goes on asking, so the first one shows by itself. */
export function FirstRun() {
  useEffect(() => setTitle("Welcome"), []);
  return (
    <div class="page first-run">
      <h1>No tasks yet</h1>
      <p class="lead">Three steps to your first tracked run.</p>
      <ol>
        <li>
          <h2>Install the package where you train</h2>
          <CodeBlock text="pip install pellucid" what="install command" />
        </li>
        <li>
          <h2>Tell it where this server is</h2>
          <CodeBlock text={settings(location.origin)} what="settings" />
          <p class="quiet">
            When the server started, it said where its keys are kept. If a script of yours started this server on your
            own machine, skip this step.
          </p>
        </li>
        <li>
          <h2>Run a script</h2>
          <CodeBlock text={SCRIPT} what="script" />
        </li>
      </ol>
      <p class="waiting" role="status">
        <span class="waiting-dot" aria-hidden="true" /> Waiting for the first task. It will appear here by itself.
      </p>
    </div>
  );
}
