/** The list of tasks, with each task's last metrics. */
import type { LastMetric, ListedTask, TaskListing, TaskSummary } from "../api/types";
import { listMetrics, metricName } from "../lib/metrics";
import { namePattern } from "../lib/search";
import { learnProjects } from "./projects";
import { send } from "./session";

/** The protocol's greatest page. */
const LARGEST_PAGE = 500;

/** More than this is not brought into the page; the table says so. */
export const LARGEST_LIST = 5000;

const FIELDS = [
  "name",
  "project",
  "status",
  "tags",
  "created",
  "started",
  "completed",
  "last_update",
  "last_iteration",
  "runtime.progress",
  "type",
  "user",
];

export interface TaskQuery {
  project: string | null;
  /** Part of the name, upper or lower case. */
  text: string;
  /** Those that were put away, in place of the others. */
  archived: boolean;
  /** How many of the newest. */
  size: number;
}

export interface TaskRow extends TaskSummary {
  type?: string;
  /** Last metrics by name. */
  metrics: ReadonlyMap<string, LastMetric>;
  /** Values of parameters by `section/name`. */
  parameters: ReadonlyMap<string, string>;
}

export interface TaskList {
  query: TaskQuery;
  rows: TaskRow[];
  /** How many there are in all. */
  total: number;
  /** There may be more than were asked for. */
  more: boolean;
}

/**
 * Load the newest tasks. Metrics and parameters, which are most of the bytes, are asked for only where a task has
 * changed.
 *
 * @throws as `send`
 */
export async function loadTaskList(query: TaskQuery, previous: TaskList | null, abort: AbortSignal): Promise<TaskList> {
  const name = namePattern(query.text);
  const wanted = {
    ...(query.project !== null && { project: [query.project], include_subprojects: true }),
    ...(name !== undefined && { name }),
    system_tags: [query.archived ? "archived" : "-archived"],
  };
  const [tasks, counted] = await Promise.all([
    loadPages(wanted, query.size, abort),
    send("organization.get_entities_count", { tasks: wanted }, abort),
  ]);
  const known = new Map(previous?.rows.map((row) => [row.id, row]));
  const changed = tasks.filter((task) => known.get(task.id)?.last_update !== task.last_update).map((task) => task.id);
  const [details] = await Promise.all([
    loadDetails(changed, abort),
    learnProjects([query.project, ...tasks.map((task) => task.project)], abort),
  ]);
  return {
    query,
    total: counted.tasks ?? tasks.length,
    more: tasks.length === query.size,
    rows: tasks.map((task) => ({ ...task, ...(details.get(task.id) ?? detailsOf(known.get(task.id))) })),
  };
}

async function loadPages(wanted: TaskListing, size: number, abort: AbortSignal): Promise<ListedTask[]> {
  const found = new Map<string, ListedTask>();
  const page_size = Math.min(size, LARGEST_PAGE);
  for (let page = 0; page * page_size < size; page++) {
    const request = { ...wanted, only_fields: FIELDS, order_by: ["-created"], page, page_size };
    const { tasks } = await send("tasks.get_all", request, abort);
    for (const task of tasks) found.set(task.id, task);
    if (tasks.length < page_size) break;
  }
  return [...found.values()];
}

type Details = Pick<TaskRow, "metrics" | "parameters">;

function detailsOf(row: TaskRow | undefined): Details {
  return { metrics: row?.metrics ?? new Map(), parameters: row?.parameters ?? new Map() };
}

async function loadDetails(ids: readonly string[], abort: AbortSignal): Promise<Map<string, Details>> {
  const found = new Map<string, Details>();
  for (let start = 0; start < ids.length; start += LARGEST_PAGE) {
    const id = ids.slice(start, start + LARGEST_PAGE);
    const only_fields = ["last_metrics", "hyperparams"];
    const request = { id, only_fields, search_hidden: true, page: 0, page_size: LARGEST_PAGE };
    const { tasks } = await send("tasks.get_all", request, abort);
    for (const task of tasks) {
      const metrics = listMetrics(task.last_metrics ?? {}).map((metric) => [metricName(metric), metric] as const);
      const parameters = Object.entries(task.hyperparams ?? {}).flatMap(([section, items]) =>
        Object.entries(items).map(([name, { value }]) => [`${section}/${name}`, value ?? ""] as const),
      );
      found.set(task.id, { metrics: new Map(metrics), parameters: new Map(parameters) });
    }
  }
  return found;
}
