/** What can be done with tasks; many at once, and undone where that is possible. */
import { signal } from "@preact/signals";

import { formatCount } from "../lib/format";
import { ask, notify } from "./notices";
import { projectNames } from "./projects";
import { send } from "./session";
import type { TaskRow } from "./task-list";

export type ActionKey = "enqueue" | "dequeue" | "abort" | "reset" | "publish" | "clone" | "tag" | "untag" | "rename" | "move" | "archive" | "restore" | "delete";

interface TaskAction {
  label: string;
  done: string;
  /** The statuses in which it is allowed (protocol §2.3); any, if absent. */
  from?: readonly string[];
  /** Only for tasks that are in the archive, or only for those that are not; both, if absent. */
  archived?: boolean;
  single?: boolean;
  danger?: boolean;
  /** The status that the row shows until the server has answered. */
  becomes?: string;
}

const ENDED = ["completed", "stopped", "failed", "closed"];

export const TASK_ACTIONS: Record<ActionKey, TaskAction> = {
  clone: { label: "Clone", done: "Cloned", archived: false },
  enqueue: { label: "Enqueue", done: "Enqueued", from: ["created", "stopped", "failed"], archived: false, becomes: "queued" },
  dequeue: { label: "Dequeue", done: "Dequeued", from: ["queued"], archived: false, becomes: "created" },
  abort: { label: "Abort", done: "Aborted", from: ["in_progress", "queued"], archived: false, becomes: "stopped" },
  reset: { label: "Reset", done: "Reset", from: ENDED, archived: false, danger: true, becomes: "created" },
  publish: { label: "Publish", done: "Published", from: ["completed", "stopped", "failed", "closed"], archived: false, becomes: "published" },
  tag: { label: "Add tag", done: "Tagged" },
  untag: { label: "Remove tag", done: "Untagged" },
  rename: { label: "Rename", done: "Renamed", single: true },
  move: { label: "Move", done: "Moved" },
  archive: { label: "Archive", done: "Archived", archived: false },
  restore: { label: "Restore", done: "Restored", archived: true },
  delete: { label: "Delete", done: "Deleted", archived: true, danger: true },
};

/** Rows as they will be once the server has done what was asked for: a new status, or `null` for gone. */
export const expected = signal<ReadonlyMap<string, string | null>>(new Map());

/** Those of some tasks that an action is allowed for. */
export function permitted(key: ActionKey, rows: readonly TaskRow[], archived: boolean): TaskRow[] {
  const { from, archived: where } = TASK_ACTIONS[key];
  if (where !== undefined && where !== archived) return [];
  return rows.filter((row) => from === undefined || from.includes(row.status));
}

/** Do something with tasks, asking for what it needs; says how it went. Resolves when there is something new to load. */
export async function act(key: ActionKey, rows: readonly TaskRow[]): Promise<void> {
  const value = await details(key, rows);
  if (value === null) return;
  const ids = rows.map(({ id }) => id);
  const { done, becomes } = TASK_ACTIONS[key];
  const gone = key === "archive" || key === "restore" || key === "delete";
  if (gone || becomes) expected.value = new Map(ids.map((id) => [id, gone ? null : (becomes ?? null)]));
  try {
    const failures = await REQUESTS[key](ids, value, rows);
    const worked = ids.length - failures.length;
    const sentence = [worked > 0 && `${done} ${formatCount(worked, "task")}.`, failures[0]].filter(Boolean).join(" ");
    const undone = undo(key, ids, value);
    notify(sentence, { failed: failures.length > 0, undo: worked > 0 ? undone : undefined });
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), { failed: true });
  } finally {
    settle();
  }
}

/** Told after every action, so that what is on the screen is loaded again. */
export const acted = signal(0);

function settle(): void {
  acted.value += 1;
  setTimeout(() => (expected.value = new Map()), 1500); // by then the list has been loaded again
}

type Failures = string[];
type Request = (ids: string[], value: string, rows: readonly TaskRow[]) => Promise<Failures>;

const many =
  (action: ManyAction, more: Record<string, unknown> = {}): Request =>
  async (ids) => {
    const { failed } = await send(action, { ids, ...more });
    return failed.map(({ error }) => error.msg);
  };

type ManyAction =
  | "tasks.dequeue_many"
  | "tasks.stop_many"
  | "tasks.reset_many"
  | "tasks.publish_many"
  | "tasks.archive_many"
  | "tasks.unarchive_many"
  | "tasks.delete_many";

const REQUESTS: Record<ActionKey, Request> = {
  clone: async (_, name, rows) => {
    for (const row of rows) await send("tasks.clone", { task: row.id, new_task_name: rows.length > 1 ? `Clone of ${row.name}` : name });
    return [];
  },
  enqueue: async (ids, queue) => {
    const { failed } = await send("tasks.enqueue_many", { ids, queue });
    return failed.map(({ error }) => error.msg);
  },
  dequeue: many("tasks.dequeue_many"),
  abort: many("tasks.stop_many"),
  reset: many("tasks.reset_many"),
  publish: many("tasks.publish_many"),
  archive: many("tasks.archive_many"),
  restore: many("tasks.unarchive_many"),
  delete: many("tasks.delete_many"),
  tag: async (ids, tag) => tags(ids, { add_tags: [tag] }),
  untag: async (ids, tag) => tags(ids, { remove_tags: [tag] }),
  rename: async ([task = ""], name) => {
    await send("tasks.edit", { task, name, force: true });
    return [];
  },
  move: async (ids, project_name) => {
    await send("tasks.move", { ids, project_name });
    return [];
  },
};

async function tags(ids: string[], change: { add_tags?: string[]; remove_tags?: string[] }): Promise<Failures> {
  await send("tasks.update_tags", { ids, ...change });
  return [];
}

const INVERSE: Partial<Record<ActionKey, ActionKey>> = {
  archive: "restore",
  restore: "archive",
  tag: "untag",
  untag: "tag",
  enqueue: "dequeue",
};

function undo(key: ActionKey, ids: string[], value: string): (() => void) | undefined {
  const inverse = INVERSE[key];
  return (
    inverse &&
    (() =>
      void REQUESTS[inverse](ids, value, [])
        .then(
          (failures) => notify(failures[0] ?? "Undone.", { failed: failures.length > 0 }),
          (error: Error) => notify(error.message, { failed: true }),
        )
        .finally(settle))
  );
}

/** What an action has to know: a queue, a tag, a name. @returns `null` if the person thought better of it */
async function details(key: ActionKey, rows: readonly TaskRow[]): Promise<string | null> {
  const tasks = rows.length === 1 ? `“${rows[0]?.name}”` : formatCount(rows.length, "task");
  const { label } = TASK_ACTIONS[key];
  const title = `${label} ${tasks}`;
  switch (key) {
    case "enqueue":
      return askQueue(title);
    case "tag":
      return ask({ title: `Add a tag to ${tasks}`, yes: label, field: { label: "Tag", value: "" } });
    case "untag": {
      const all = [...new Set(rows.flatMap(({ tags = [] }) => tags))];
      const options = all.map((tag) => ({ value: tag, text: tag }));
      return ask({ title: `Remove a tag from ${tasks}`, yes: label, field: { label: "Tag", value: all[0] ?? "", options } });
    }
    case "clone":
      if (rows.length > 1) return "";
      return ask({ title, yes: label, field: { label: "Name of the new task", value: `Clone of ${rows[0]?.name}` } });
    case "rename":
      return ask({ title, yes: label, field: { label: "Name", value: rows[0]?.name ?? "" } });
    case "move": {
      const value = projectNames.peek().get(rows[0]?.project ?? "") ?? "";
      const suggestions = [...projectNames.peek().values()].sort();
      return ask({ title, yes: label, field: { label: "Project", value, suggestions } });
    }
    case "reset":
      return ask({ title, yes: label, danger: true, text: "All that the task has reported is deleted, and it becomes a draft." });
    case "publish":
      return ask({ title, yes: label, text: "A published task can't be changed any more." });
    case "delete":
      return ask({ title, yes: label, danger: true, text: "This can't be undone." });
    default:
      return "";
  }
}

async function askQueue(title: string): Promise<string | null> {
  const { queues } = await send("queues.get_all_ex", { only_fields: ["id", "name", "entries", "workers"], order_by: ["name"] });
  const options = queues.map(({ id, name, entries = [], workers = [] }) => ({
    value: id,
    text: `${name} (${entries.length} waiting, ${workers.length === 0 ? "no worker" : formatCount(workers.length, "worker")})`,
  }));
  if (options.length === 0) {
    notify("There is no queue yet: create one on the Queues page.", { failed: true });
    return null;
  }
  return ask({ title, yes: "Enqueue", field: { label: "Queue", value: options[0]?.value ?? "", options } });
}
