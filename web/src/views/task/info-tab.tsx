import type { Script, Task } from "../../api/types";
import { taskPath } from "../../lib/route";
import { compareText } from "../../lib/text-order";
import { Card, Facts } from "../parts/card";
import { CodeBlock } from "../parts/code-block";
import { StatusBadge } from "../parts/status-badge";
import { Duration, Moment } from "../parts/time";

/** What happened, when, and what was run. */
export function InfoTab({ task }: { task: Task }) {
  return (
    <div class="cards">
      <Card title="Status">
        <Facts
          facts={[
            ["Status", <StatusBadge key="status" status={task.status} progress={task.runtime["progress"]} />],
            ["Reason", task.status_reason],
            ["Message", task.status_message],
            ["Comment", task.comment],
          ]}
        />
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
      <SourceCard script={task.script} />
      <MachineCard runtime={task.runtime} />
      <PackagesCard requirements={task.script.requirements ?? {}} />
      {task.script.diff && (
        <Card title="Uncommitted changes" wide>
          <CodeBlock text={task.script.diff} what="changes" />
        </Card>
      )}
    </div>
  );
}

function SourceCard({ script }: { script: Script }) {
  return (
    <Card title="Source">
      <Facts
        facts={[
          ["Repository", script.repository],
          ["Branch", script.branch],
          ["Tag", script.tag],
          ["Commit", script.version_num && <code key="commit">{script.version_num}</code>],
          ["Script", script.entry_point && <code key="entry">{script.entry_point}</code>],
          ["Folder", script.working_dir && <code key="folder">{script.working_dir}</code>],
          ["Interpreter", script.binary && <code key="binary">{script.binary}</code>],
        ]}
      />
    </Card>
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

function PackagesCard({ requirements }: { requirements: NonNullable<Script["requirements"]> }) {
  const sections = Object.entries(requirements).flatMap(([tool, lines]) => {
    const text = Array.isArray(lines) ? lines.join("\n") : (lines ?? "");
    return text.trim() === "" ? [] : [{ tool, text }];
  });
  if (sections.length === 0) return null;
  return (
    <Card title="Packages" wide>
      {sections.map(({ tool, text }) => (
        <details key={tool}>
          <summary>{tool}</summary>
          <CodeBlock text={text} what={`packages of ${tool}`} />
        </details>
      ))}
    </Card>
  );
}
