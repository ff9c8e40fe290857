import { useSignal } from "@preact/signals";

import { taskPath } from "../../lib/route";
import { namePattern } from "../../lib/search";
import { useLive } from "../../state/live";
import { send } from "../../state/session";
import { StatusBadge } from "../parts/status-badge";
import type { Compared } from "./compared";

const OFFERED = 8;

interface ComparedTasksProps {
  compared: Compared[];
  base: number;
  /** How many of the address's tasks do not exist. */
  missing: number;
  setBase: (id: string) => void;
  setIds: (change: (ids: string[]) => string[]) => void;
}

/** The tasks that are compared, with their colours; where the base is chosen, and tasks are added and removed. */
export function ComparedTasks({ compared, base, missing, setBase, setIds }: ComparedTasksProps) {
  return (
    <section aria-label="Compared tasks">
      <ul class="compared">
        {compared.map(({ task, label, stroke }, index) => (
          <li key={task.id}>
            <span class={`swatch series-${stroke.colour}`} aria-hidden="true" />
            <a href={taskPath(task.id)}>{label}</a>
            <StatusBadge status={task.status} progress={task.runtime?.["progress"]} />
            <label class="quiet">
              <input type="radio" name="base" checked={index === base} onChange={() => setBase(task.id)} />
              base
            </label>
            <button
              type="button"
              class="button-plain"
              aria-label={`Remove ${label}`}
              title="Remove from the comparison"
              onClick={() => setIds((ids) => ids.filter((id) => id !== task.id))}
            >
              ×
            </button>
          </li>
        ))}
        <li>
          <AddTask known={compared.map(({ task }) => task.id)} add={(id) => setIds((ids) => [...ids, id])} />
        </li>
      </ul>
      {missing > 0 && (
        <p class="quiet">
          {compared.length} of {compared.length + missing}: the others are not on this server.
        </p>
      )}
    </section>
  );
}

/** A field that finds tasks by name and adds one. */
function AddTask({ known, add }: { known: string[]; add: (id: string) => void }) {
  const text = useSignal("");
  const pattern = namePattern(text.value);
  const { data } = useLive({
    key: pattern ?? "",
    load: (abort) => findTasks(pattern, abort),
    every: () => null,
  });
  const offered = pattern ? (data.value ?? []).filter(({ id }) => !known.includes(id)) : [];
  const choose = (id: string) => {
    add(id);
    text.value = "";
  };
  return (
    <div class="add-task">
      <input
        type="search"
        aria-label="Add a task by name"
        placeholder="Add a task by name"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      {offered.length > 0 && (
        <ul class="offered" aria-label="Tasks found">
          {offered.map(({ id, name, status }) => (
            <li key={id}>
              <button type="button" onClick={() => choose(id)}>
                {name} <StatusBadge status={status} progress={undefined} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

async function findTasks(name: string | undefined, abort: AbortSignal) {
  if (name === undefined) return [];
  const request = { name, only_fields: ["id", "name", "status"], order_by: ["-last_update"], page: 0, page_size: OFFERED };
  return (await send("tasks.get_all", request, abort)).tasks;
}
