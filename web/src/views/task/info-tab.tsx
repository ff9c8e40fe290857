import type { Task } from "../../api/types";
import { taskPath } from "../../lib/route";
import { compareText } from "../../lib/text-order";
import { editComment } from "../../state/task-edits";
import { Card, Facts } from "../parts/card";
import { EditableText } from "../parts/editable-text";
import { StatusBadge } from "../parts/status-badge";
import { Duration, Moment } from "../parts/time";

/** What happened, when and where. */
export function InfoTab({ task, reload }: { task: Task; reload: () => void }) {
  const setComment = async (text: string) => {
    await editComment(task.id, text);
    reload();
  };
  return (
    <div class="cards">
      <Card title="Status">
        <Facts
          facts={[
            ["Status", <StatusBadge key="status" status={task.status} progress={task.runtime["progress"]} />],
            ["Reason", task.status_reason],
            ["Message", task.status_message],
          ]}
        />
      </Card>
      <Card title="Description">
        <EditableText what="description" text={task.comment} save={setComment}>
          {task.comment ? <p class="description">{task.comment}</p> : <p class="quiet">None yet.</p>}
        </EditableText>
      </Card>
      <Card title="Times">
        <Facts
          facts={[
            ["Created", <Moment key="created" date={task.created} />],
            ["Started", task.started && <Moment key="started" date={task.started} />],
            ["Ended", task.completed && <Moment key="completed" date={task.completed} />],
            ["Last change", <Moment key="update" date={task.last_update} />],
            ["Duration", task.started && <Duration key="duration" run={task} />],
          ]}
        />
      </Card>
      <Card title="Run">
        <Facts
          facts={[
            ["Type", task.type],
            ["User", task.user],
            ["Worker", task.last_worker],
            ["Parent", task.parent && <a href={taskPath(task.parent, "info")}>{task.parent}</a>],
            ["Last iteration", task.last_iteration],
          ]}
        />
      </Card>
      <MachineCard runtime={task.runtime} />
    </div>
  );
}

/** Names that begin with an underscore are messages between programs (protocol §3.4); progress is with the status. */
function MachineCard({ runtime }: { runtime: Record<string, unknown> }) {
  const facts = Object.entries(runtime)
    .filter(([name]) => !name.startsWith("_") && name !== "progress")
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]): [string, string] => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  if (facts.length === 0) return null;
  return (
    <Card title="Machine">
      <Facts facts={facts} />
    </Card>
  );
}
