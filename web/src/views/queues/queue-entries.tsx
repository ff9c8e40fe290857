import { useSignal } from "@preact/signals";

import type { Queue } from "../../api/types";
import { taskPath } from "../../lib/route";
import { doing } from "../../state/doing";
import { send } from "../../state/session";
import { Ago } from "../parts/time";

/** What waits in a queue, first the one that is next; the order is changed by dragging, or by the buttons. */
export function QueueEntries({ queue, reload }: { queue: Queue; reload: () => void }) {
  const dragged = useSignal<number | null>(null);
  const entries = (queue.entries ?? []).map(({ task, added }) => ({
    id: typeof task === "string" ? task : (task?.id ?? ""),
    name: typeof task === "string" ? task : (task?.name ?? task?.id ?? ""),
    added,
  }));

  const move = async (from: number, to: number) => {
    const task = entries[from]?.id;
    if (task === undefined || from === to || to < 0 || to >= entries.length) return;
    const request = { queue: queue.id, task, count: Math.abs(to - from) };
    const moving = send(to < from ? "queues.move_task_forward" : "queues.move_task_backward", request);
    await doing(moving, "", reload);
  };

  if (entries.length === 0) return null;
  return (
    <div class="list-frame">
      <table class="list-table">
        <caption class="visually-hidden">What waits in {queue.name}</caption>
        <tbody>
          {entries.map(({ id, name, added }, at) => (
            <tr
              key={id}
              draggable
              class={dragged.value === at ? "entry-dragged" : ""}
              onDragStart={() => (dragged.value = at)}
              onDragEnd={() => (dragged.value = null)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged.value !== null) void move(dragged.value, at);
              }}
            >
              <td class="number">{at + 1}</td>
              <th scope="row" class="cell-name">
                <a href={taskPath(id, "info")} draggable={false}>
                  {name}
                </a>
              </th>
              <td>
                queued <Ago date={added} />
              </td>
              <td class="row-actions">
                <button type="button" class="button-plain" aria-label={`Move ${name} up`} disabled={at === 0} onClick={() => void move(at, at - 1)}>
                  ↑
                </button>
                <button
                  type="button"
                  class="button-plain"
                  aria-label={`Move ${name} down`}
                  disabled={at === entries.length - 1}
                  onClick={() => void move(at, at + 1)}
                >
                  ↓
                </button>
                <button
                  type="button"
                  class="button-plain"
                  aria-label={`Dequeue ${name}`}
                  onClick={() => void doing(send("tasks.dequeue_many", { ids: [id] }), `Took ${name} out of the queue.`, reload)}
                >
                  Dequeue
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
