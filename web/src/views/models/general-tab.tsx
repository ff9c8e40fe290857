import { useSignal } from "@preact/signals";

import type { ListedTask, Model } from "../../api/types";
import { taskPath } from "../../lib/route";
import { compareText } from "../../lib/text-order";
import { projectNames } from "../../state/projects";
import { send } from "../../state/session";
import { Card, Facts } from "../parts/card";
import { CodeBlock } from "../parts/code-block";
import { StatusBadge } from "../parts/status-badge";
import { Moment } from "../parts/time";
import { FileCell } from "../task/file-cell";
import type { ModelPage } from "./model-container";

/** What a model is, where it comes from, and who uses it. */
export function GeneralTab({ page: { model, maker, users }, reload }: { page: ModelPage; reload: () => void }) {
  const design = designText(model.design);
  return (
    <div class="cards">
      <Card title="Model">
        <Facts
          facts={[
            ["File", <FileCell key="file" uri={model.uri} />],
            ["Framework", model.framework],
            ["Project", model.project && (projectNames.value.get(model.project) ?? model.project)],
            ["User", model.user],
            ["Comment", model.comment],
            ["Iteration", model.last_iteration || ""],
            ["Created", <Moment key="created" date={model.created} />],
            ["Last change", <Moment key="update" date={model.last_update} />],
          ]}
        />
      </Card>
      <Card title="Lineage">
        <h3>Made by</h3>
        {maker ? <TaskList tasks={[maker]} name="Made by" /> : <p class="quiet">No task is known to have made it.</p>}
        <h3>Used by</h3>
        {users.length > 0 ? <TaskList tasks={users} name="Used by" /> : <p class="quiet">No task starts from it.</p>}
      </Card>
      <Card title="Labels">
        <Facts
          facts={Object.entries(model.labels)
            .sort(([, a], [, b]) => a - b)
            .map(([name, number]): [string, number] => [name, number])}
        />
      </Card>
      <MetadataCard model={model} reload={reload} />
      {design !== "" && (
        <Card title="Network" wide>
          <CodeBlock text={design} what="network" />
        </Card>
      )}
    </div>
  );
}

function TaskList({ tasks, name }: { tasks: ListedTask[]; name: string }) {
  return (
    <ul class="lineage" aria-label={name}>
      {tasks.map((task) => (
        <li key={task.id}>
          <a href={taskPath(task.id, "artifacts")}>{task.name}</a>{" "}
          <StatusBadge status={task.status} progress={task.runtime?.["progress"]} />
        </li>
      ))}
    </ul>
  );
}

/** Texts by key; they may be set even when the model is published. */
function MetadataCard({ model, reload }: { model: Model; reload: () => void }) {
  const problem = useSignal("");
  const items = Object.values(model.metadata).sort((a, b) => compareText(a.key, b.key));
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [key, value] = ["key", "value"].map((name) => String(new FormData(form).get(name) ?? ""));
    try {
      await send("models.add_or_update_metadata", {
        model: model.id,
        metadata: [{ key: key ?? "", type: "str", value: value ?? "" }],
      });
      problem.value = "";
      form.reset();
      reload();
    } catch (error) {
      problem.value = String(error);
    }
  };
  return (
    <Card title="Metadata">
      <Facts facts={items.map(({ key, value }): [string, string] => [key, value ?? ""])} />
      <form class="metadata-form" onSubmit={(event) => void add(event)}>
        <input name="key" required placeholder="Key" aria-label="Key" />
        <input name="value" placeholder="Value" aria-label="Value" />
        <button type="submit">Set</button>
      </form>
      {problem.value && <p role="alert">{problem.value}</p>}
    </Card>
  );
}

/** Some clients send a text under the key `design`. */
function designText(design: Record<string, unknown>): string {
  const text = design["design"];
  if (typeof text === "string") return text;
  return Object.keys(design).length === 0 ? "" : JSON.stringify(design, null, 2);
}
