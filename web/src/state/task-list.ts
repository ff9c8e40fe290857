/** The list of tasks, with each task's last metrics. */
import type { LastMetric, TaskSummary } from "../api/types";
import { listMetrics, metricName } from "../lib/metrics";
import { namePattern } from "../lib/search";
import { learnProjects } from "./projects";
import { send } from "./session";

/** The protocol's greatest page. */
export const LARGEST_PAGE = 500;

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
];

export interface TaskQuery {
  project: string | null;
  /** Part of the name, upper or lower case. */
  text: string;
  /** How many of the newest. */
  size: number;
}

export interface TaskRow extends TaskSummary {
  /** Last metrics by name. */
  metrics: ReadonlyMap<string, LastMetric>;
}

export interface TaskList {
  query: TaskQuery;
  rows: TaskRow[];
  /** There may be more than were asked for. */
  more: boolean;
}

/**
 * Load the newest tasks. Metrics, which are most of the bytes, are asked for only where a task has changed.
 *
 * @throws as `send`
 */
export async function loadTaskList(query: TaskQuery, previous: TaskList | null, abort: AbortSignal): Promise<TaskList> {
  const name = namePattern(query.text);
  const { tasks } = await send(
    "tasks.get_all",
    {
      ...(query.project !== null && { project: [query.project] }),
      ...(name !== undefined && { name }),
      only_fields: FIELDS,
      order_by: ["-created"],
      page: 0,
      page_size: query.size,
    },
    abort,
  );
  const known = new Map(previous?.rows.map((row) => [row.id, row]));
  const changed = tasks.filter((task) => known.get(task.id)?.last_update !== task.last_update).map((task) => task.id);
  const [metrics] = await Promise.all([
    loadMetrics(changed, abort),
    learnProjects([query.project, ...tasks.map((task) => task.project)], abort),
  ]);
  return {
    query,
    more: tasks.length === query.size,
    rows: tasks.map((task) => ({ ...task, metrics: metrics.get(task.id) ?? known.get(task.id)?.metrics ?? new Map() })),
  };
}

async function loadMetrics(ids: string[], abort: AbortSignal): Promise<Map<string, Map<string, LastMetric>>> {
  if (ids.length === 0) return new Map();
  const { tasks } = await send(
    "tasks.get_all",
    { id: ids, only_fields: ["last_metrics"], search_hidden: true, page: 0, page_size: LARGEST_PAGE },
    abort,
  );
  return new Map(
    tasks.map((task) => [
      task.id,
      new Map(listMetrics(task.last_metrics ?? {}).map((metric) => [metricName(metric), metric])),
    ]),
  );
}
