import { useEffect } from "preact/hooks";

import { formatCount } from "../../lib/format";
import { query, setQuery } from "../../state/location";
import { useLive } from "../../state/live";
import { send } from "../../state/session";
import { CodeBlock } from "../parts/code-block";
import { Problem } from "../parts/problem";
import { setTitle } from "../parts/title";
import { WorkerCard } from "./worker-card";

const EVERY = 5000;

/** How far back the curves go, in seconds, by its name in the address. */
const SPANS: Record<string, { title: string; seconds: number }> = {
  "1h": { title: "Last hour", seconds: 3600 },
  "3h": { title: "Last 3 hours", seconds: 3 * 3600 },
  "1d": { title: "Last day", seconds: 86_400 },
  "7d": { title: "Last week", seconds: 7 * 86_400 },
  "30d": { title: "Last month", seconds: 30 * 86_400 },
};
const USUAL = "3h";

/** The workers, what they do, which queues they serve, and how busy their machines are. */
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
  const chosen = query.value.get("span") ?? USUAL;
  const span = SPANS[chosen] ? chosen : USUAL;
  return (
    <div class="page page-wide">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="toolbar">
        <h1>Workers</h1>
        <span class="quiet">
          {formatCount(workers.length, "worker")}, {workers.filter(({ task }) => task).length} busy
        </span>
        {workers.length > 0 && (
          <label class="toolbar-end">
            Curves of the{" "}
            <select value={span} onChange={({ currentTarget }) => setQuery("span", currentTarget.value)}>
              {Object.entries(SPANS).map(([name, { title }]) => (
                <option key={name} value={name}>
                  {title.toLowerCase()}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {workers.length === 0 ? (
        <div class="empty">
          <p>No worker has reported. Start one on a machine that shall run tasks:</p>
          <CodeBlock text="pellucid agent --queue default" what="command" />
        </div>
      ) : (
        <div class="stack">
          {workers.map((worker) => (
            <WorkerCard key={worker.id} worker={worker} seconds={SPANS[span]?.seconds ?? 0} />
          ))}
        </div>
      )}
    </div>
  );
}
