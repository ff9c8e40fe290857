import { useEffect } from "preact/hooks";

import type { Queue } from "../../api/types";
import { formatCount } from "../../lib/format";
import { doing } from "../../state/doing";
import { useLive } from "../../state/live";
import { ask } from "../../state/notices";
import { send } from "../../state/session";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";
import { setTitle } from "../parts/title";
import { QueueEntries } from "./queue-entries";

const EVERY = 3000;

/** The queues and what waits in them. */
export function QueuesContainer() {
  useEffect(() => setTitle("Queues"), []);
  const { data, error, reload } = useLive({
    key: "queues",
    load: async (abort) => (await send("queues.get_all_ex", { order_by: ["name"] }, abort)).queues,
    every: () => EVERY,
    topics: ["queues", "workers"],
  });
  const create = async () => {
    const name = await ask({ title: "New queue", yes: "Create", field: { label: "Name", value: "" } });
    if (name) await doing(send("queues.create", { name }), `Created ${name}.`, reload);
  };
  if (!data.value) return <div class="page">{error.value && <Problem error={error.value} retry={reload} />}</div>;
  return (
    <div class="page">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="toolbar">
        <h1>Queues</h1>
        <span class="quiet">{formatCount(data.value.length, "queue")}</span>
        <button type="button" class="button-primary toolbar-end" onClick={() => void create()}>
          New queue
        </button>
      </div>
      <div class="stack">
        {data.value.map((queue) => (
          <QueueCard key={queue.id} queue={queue} reload={reload} />
        ))}
        {data.value.length === 0 && <Empty>There is no queue yet. Tasks wait in queues for a worker that runs them.</Empty>}
      </div>
    </div>
  );
}

function QueueCard({ queue, reload }: { queue: Queue; reload: () => void }) {
  const { id, name, entries = [], workers = [] } = queue;
  const rename = async () => {
    const chosen = await ask({ title: `Rename ${name}`, yes: "Rename", field: { label: "Name", value: name } });
    if (chosen) await doing(send("queues.update", { queue: id, name: chosen }), "Renamed.", reload);
  };
  const clear = async () => {
    const text = `${formatCount(entries.length, "task")} become drafts again.`;
    const sure = await ask({ title: `Clear ${name}?`, yes: "Clear", danger: true, text });
    if (sure !== null) await doing(send("queues.clear_queue", { queue: id }), `Cleared ${name}.`, reload);
  };
  const remove = async () => {
    const sure = await ask({ title: `Delete ${name}?`, yes: "Delete", danger: true, text: "Only an empty queue is deleted." });
    if (sure !== null) await doing(send("queues.delete", { queue: id }), `Deleted ${name}.`, reload);
  };
  return (
    <section class="card" aria-label={`Queue ${name}`}>
      <div class="card-head">
        <h2>
          {name}{" "}
          <span class="quiet">
            {formatCount(entries.length, "task")} · {workers.length === 0 ? "no worker" : formatCount(workers.length, "worker")}
          </span>
        </h2>
        <button type="button" class="button-plain" onClick={() => void rename()}>
          Rename
        </button>
        <button type="button" class="button-plain" disabled={entries.length === 0} onClick={() => void clear()}>
          Clear
        </button>
        <button type="button" class="button-plain" onClick={() => void remove()}>
          Delete
        </button>
      </div>
      {workers.length === 0 && (
        <p class="quiet">
          No worker serves it. Start one with <code>pellucid agent --queue {name}</code>
        </p>
      )}
      <QueueEntries queue={queue} reload={reload} />
    </section>
  );
}
