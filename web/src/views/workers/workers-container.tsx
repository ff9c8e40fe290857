import { useEffect } from "preact/hooks";

import { formatCount, formatDuration } from "../../lib/format";
import { taskPath } from "../../lib/route";
import { useLive } from "../../state/live";
import { send } from "../../state/session";
import { CodeBlock } from "../parts/code-block";
import { Problem } from "../parts/problem";
import { Ago } from "../parts/time";
import { setTitle } from "../parts/title";

const EVERY = 5000;

/** The workers, what they do, and which queues they serve. */
export function WorkersContainer() {
  useEffect(() => setTitle("Workers"), []);
  const { data, error, reload } = useLive({
    key: "workers",
    load: async (abort) => (await send("workers.get_all", {}, abort)).workers,
    every: () => EVERY,
    topics: ["workers"],
  });
  if (!data.value) return <div class="page">{error.value && <Problem error={error.value} retry={reload} />}</div>;
  const workers = data.value;
  const busy = workers.filter(({ task }) => task).length;
  return (
    <div class="page page-wide">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="toolbar">
        <h1>Workers</h1>
        <span class="quiet">
          {formatCount(workers.length, "worker")}, {busy} busy
        </span>
      </div>
      {workers.length === 0 ? (
        <div class="empty">
          <p>No worker has reported. Start one on a machine that shall run tasks:</p>
          <CodeBlock text="pellucid agent --queue default" what="command" />
        </div>
      ) : (
        <div class="table-frame">
          <table class="list-table">
            <caption class="visually-hidden">Workers</caption>
            <thead>
              <tr>
                {["Name", "Task", "Running for", "Queues", "Address", "Last report"].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {workers.map(({ id, task, queues, ip, last_report_time }) => (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>{task ? <a href={taskPath(task.id)}>{task.name}</a> : <span class="quiet">idle</span>}</td>
                  <td>{task ? formatDuration(task.running_time / 1000) : ""}</td>
                  <td>{queues.map(({ name }) => name).join(", ")}</td>
                  <td>{ip}</td>
                  <td>
                    <Ago date={last_report_time} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
