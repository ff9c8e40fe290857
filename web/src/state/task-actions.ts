/** What can be done with tasks. */
import type { TaskSummary } from "../api/types";
import { formatCount } from "../lib/format";
import { taskPath } from "../lib/route";
import {
  type Action,
  askName,
  askOwnTag,
  askProject,
  askTag,
  confirmed,
  gone,
  idsOf,
  type Refusal,
  refusals,
  withoutTag,
  withTag,
} from "./actions";
import { navigate } from "./location";
import { ask, notify } from "./notices";
import { send } from "./session";

/** What has to be known of a task to act upon it. */
export type ActedTask = Pick<TaskSummary, "id" | "name" | "status" | "project" | "tags">;

type TaskAction = Action<ActedTask>;

export type TaskActionKey =
  | "clone"
  | "enqueue"
  | "dequeue"
  | "retry"
  | "abort"
  | "reset"
  | "publish"
  | "tag"
  | "untag"
  | "rename"
  | "move"
  | "archive"
  | "restore"
  | "delete";

const ENDED = ["completed", "stopped", "failed", "closed"];

/** The statuses in which an action is allowed are those of protocol §2.3. */
const within = (...statuses: string[]) => ({
  allows: ({ status }: ActedTask) => statuses.includes(status),
});

const becomes = (status: string) => ({ forecast: () => ({ status }) });

type ManyAction =
  | "tasks.dequeue_many"
  | "tasks.stop_many"
  | "tasks.reset_many"
  | "tasks.publish_many"
  | "tasks.archive_many"
  | "tasks.unarchive_many"
  | "tasks.delete_many";

const many =
  (action: ManyAction) =>
  async (tasks: readonly ActedTask[]): Promise<Refusal[]> =>
    refusals((await send(action, { ids: idsOf(tasks) })).failed);

async function enqueue(tasks: readonly ActedTask[], queue: string): Promise<Refusal[]> {
  return refusals((await send("tasks.enqueue_many", { ids: idsOf(tasks), queue })).failed);
}

async function changeTags(tasks: readonly ActedTask[], change: { add_tags?: string[]; remove_tags?: string[] }): Promise<Refusal[]> {
  await send("tasks.update_tags", { ids: idsOf(tasks), ...change });
  return [];
}

const addTag = (tasks: readonly ActedTask[], tag: string) => changeTags(tasks, { add_tags: [tag] });
const removeTag = (tasks: readonly ActedTask[], tag: string) => changeTags(tasks, { remove_tags: [tag] });

async function rename(tasks: readonly ActedTask[], name: string): Promise<Refusal[]> {
  for (const { id } of tasks) await send("tasks.edit", { task: id, name, force: true });
  return [];
}

async function moveBack(tasks: readonly ActedTask[]): Promise<Refusal[]> {
  for (const { id, project } of tasks) await send("tasks.move", { ids: [id], project: project ?? null });
  return [];
}

/** A draft of each; that of a single task is opened, since one clones in order to change something. */
async function clone(tasks: readonly ActedTask[], name: string): Promise<Refusal[]> {
  for (const task of tasks) {
    const new_task_name = tasks.length > 1 ? `Clone of ${task.name}` : name;
    const { id } = await send("tasks.clone", { task: task.id, new_task_name });
    if (tasks.length === 1) navigate(taskPath(id, "configuration"));
  }
  return [];
}

export const TASK_ACTIONS: Record<TaskActionKey, TaskAction> = {
  clone: {
    label: "Clone",
    done: "Cloned",
    archived: false,
    details: async (tasks, named) => {
      if (tasks.length > 1) return "";
      const value = `Clone of ${tasks[0]?.name}`;
      return ask({ title: `Clone ${named}`, yes: "Clone", field: { label: "Name of the new task", value } });
    },
    request: clone,
  },
  enqueue: {
    label: "Enqueue",
    done: "Enqueued",
    archived: false,
    ...within("created", "stopped"),
    ...becomes("queued"),
    details: (_, named) => askQueue(`Enqueue ${named}`),
    request: enqueue,
    undo: many("tasks.dequeue_many"),
  },
  dequeue: { label: "Dequeue", done: "Dequeued", archived: false, ...within("queued"), ...becomes("created"), request: many("tasks.dequeue_many") },
  retry: {
    label: "Retry",
    done: "Enqueued again",
    archived: false,
    ...within("failed"),
    ...becomes("queued"),
    details: (_, named) => askQueue(`Retry ${named}`),
    request: enqueue,
  },
  abort: { label: "Abort", done: "Aborted", archived: false, ...within("in_progress", "queued"), ...becomes("stopped"), request: many("tasks.stop_many") },
  reset: {
    label: "Reset",
    done: "Reset",
    archived: false,
    danger: true,
    ...within(...ENDED),
    ...becomes("created"),
    details: confirmed("Reset", "All that the task has reported is deleted, and it becomes a draft.", true),
    request: many("tasks.reset_many"),
  },
  publish: {
    label: "Publish",
    done: "Published",
    archived: false,
    ...within(...ENDED),
    ...becomes("published"),
    details: confirmed("Publish", "A published task can't be changed any more."),
    request: many("tasks.publish_many"),
  },
  tag: { label: "Add tag", done: "Tagged", details: askTag, forecast: withTag, request: addTag, undo: removeTag },
  untag: {
    label: "Remove tag",
    done: "Untagged",
    allows: ({ tags = [] }) => tags.length > 0,
    details: askOwnTag,
    forecast: withoutTag,
    request: removeTag,
    undo: addTag,
  },
  rename: {
    label: "Rename",
    done: "Renamed",
    single: true,
    details: askName,
    forecast: (_, name) => ({ name }),
    request: rename,
    undo: async (tasks) => (await Promise.all(tasks.map((task) => rename([task], task.name)))).flat(),
  },
  move: {
    label: "Move",
    done: "Moved",
    details: askProject,
    request: async (tasks, project_name) => {
      await send("tasks.move", { ids: idsOf(tasks), project_name });
      return [];
    },
    undo: moveBack,
  },
  archive: { label: "Archive", done: "Archived", archived: false, forecast: gone, request: many("tasks.archive_many"), undo: many("tasks.unarchive_many") },
  restore: { label: "Restore", done: "Restored", archived: true, forecast: gone, request: many("tasks.unarchive_many"), undo: many("tasks.archive_many") },
  delete: {
    label: "Delete",
    done: "Deleted",
    archived: true,
    danger: true,
    details: confirmed("Delete", "This can't be undone.", true),
    forecast: gone,
    request: many("tasks.delete_many"),
  },
};

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
