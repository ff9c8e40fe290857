/** The list of tasks: as much of it as is looked at, with the metrics and parameters that are. */
import type { LastMetric, ListedTask, TaskListing, TaskSummary } from "../api/types";
import { listMetrics, metricName } from "../lib/metrics";
import type { Filter } from "../lib/task-filter";
import { type MetricPaths, parameterPath, toListing } from "../lib/task-query";
import { learnProjects } from "./projects";
import { send } from "./session";

/** More than this is not brought into the page at once; where it would have to be, the table says so. */
export const LARGEST_LIST = 5000;

/** Rows of a block: what one request brings. */
export const BLOCK = { inView: 100, all: 500 };

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
  filter: Filter | null;
  /** Those that were put away, in place of the others. */
  archived: boolean;
  /** The protocol's words. */
  order: readonly string[];
  /** Columns whose metrics and parameters are needed. */
  columns: readonly string[];
}

export interface TaskRow extends TaskSummary {
  type?: string;
  user?: string;
  /** Those of the last metrics that were asked for, by name. */
  metrics: ReadonlyMap<string, LastMetric>;
  /** Those values of parameters that were asked for, by `section/name`. */
  parameters: ReadonlyMap<string, string>;
}

/** Some blocks of a list. */
export interface TaskList {
  /** Names the list that the blocks are of. */
  key: string;
  blockSize: number;
  blocks: ReadonlyMap<number, readonly TaskRow[]>;
}

/** Which blocks are wanted. */
export interface Wanted {
  blockSize: number;
  blocks: readonly number[];
  /** Whether rows must stay where they are: those that are known are only brought up to date. */
  hold: boolean;
}

/** The listing of a query, at this moment. */
export function listingOf({ project, filter, archived }: TaskQuery, paths: MetricPaths): TaskListing {
  return {
    ...(project !== null && { project: [project], include_subprojects: true }),
    ...toListing(filter, paths, Date.now()).listing,
    system_tags: [archived ? "archived" : "-archived"],
  };
}

/**
 * Load blocks of a list; others of the same list are kept.
 *
 * @param key names the list
 * @throws as `send`
 */
export async function loadBlocks(
  key: string,
  query: TaskQuery,
  wanted: Wanted,
  paths: MetricPaths,
  previous: TaskList | null,
  abort: AbortSignal,
): Promise<TaskList> {
  const same = previous?.key === key && previous.blockSize === wanted.blockSize;
  const known: TaskList["blocks"] = same ? previous.blocks : new Map();
  const only_fields = fieldsOf(query.columns, paths);
  const listing = listingOf(query, paths);
  const loaded = await Promise.all(
    wanted.blocks.map(async (block): Promise<[number, readonly TaskRow[]]> => {
      const before = known.get(block);
      if (wanted.hold && before && before.length > 0) return [block, await refreshed(before, only_fields, abort)];
      const request = { ...listing, only_fields, order_by: [...query.order], page: block, page_size: wanted.blockSize };
      const { tasks } = await send("tasks.get_all", request, abort);
      return [block, tasks.map(rowOf)];
    }),
  );
  await learnProjects([query.project, ...loaded.flatMap(([, rows]) => rows.map((row) => row.project))], abort);
  return { key, blockSize: wanted.blockSize, blocks: new Map([...known, ...loaded]) };
}

/** How many tasks a query finds, and how many there are without its filter. @throws as `send` */
export async function countTasks(query: TaskQuery, paths: MetricPaths, abort: AbortSignal): Promise<{ found: number; total: number }> {
  const count = async (tasks: TaskListing) => (await send("organization.get_entities_count", { tasks }, abort)).tasks ?? 0;
  const [found, total] = await Promise.all([
    count(listingOf(query, paths)),
    query.filter === null ? null : count(listingOf({ ...query, filter: null }, paths)),
  ]);
  return { found, total: total ?? found };
}

/** Rows of blocks, `null` for those that are not there yet. */
export function rowsOf(list: TaskList, count: number): (TaskRow | null)[] {
  const rows = new Array<TaskRow | null>(count).fill(null);
  for (const [block, found] of list.blocks) {
    found.forEach((row, at) => {
      if (block * list.blockSize + at < count) rows[block * list.blockSize + at] = row;
    });
  }
  return rows;
}

/** How many rows the list has, if its end is among the blocks and all before it as well; else `null`. */
export function lengthOf({ blocks, blockSize }: TaskList): number | null {
  for (let block = 0; ; block++) {
    const rows = blocks.get(block);
    if (!rows) return null;
    if (rows.length < blockSize) return block * blockSize + rows.length;
  }
}

function fieldsOf(columns: readonly string[], paths: MetricPaths): string[] {
  const more = columns.flatMap((column) => {
    const [, kind, name = ""] = /^(last|min|max|param):(.*)$/s.exec(column) ?? [];
    if (kind === undefined) return [];
    return kind === "param" ? (name.includes("/") ? [parameterPath(name)] : []) : (paths.get(name) ?? []);
  });
  return [...new Set([...FIELDS, ...more])];
}

async function refreshed(rows: readonly TaskRow[], only_fields: string[], abort: AbortSignal): Promise<TaskRow[]> {
  const id = rows.map((row) => row.id);
  const { tasks } = await send("tasks.get_all", { id, only_fields, page: 0, page_size: id.length }, abort);
  const now = new Map(tasks.map((task) => [task.id, rowOf(task)]));
  return rows.map((row) => now.get(row.id) ?? row);
}

function rowOf(task: ListedTask): TaskRow {
  const metrics = listMetrics(task.last_metrics ?? {}).map((metric) => [metricName(metric), metric] as const);
  const parameters = Object.entries(task.hyperparams ?? {}).flatMap(([section, items]) =>
    Object.entries(items).map(([name, { value }]) => [`${section}/${name}`, value ?? ""] as const),
  );
  return { ...task, metrics: new Map(metrics), parameters: new Map(parameters) };
}

/** Names of the metrics that tasks of a project report, task by task: of those that changed last. @throws as `send` */
export async function sampleMetrics(project: string | null, abort: AbortSignal): Promise<ListedTask[]> {
  const request = {
    ...(project !== null && { project: [project], include_subprojects: true }),
    only_fields: ["last_metrics"],
    order_by: ["-last_update"],
    page: 0,
    page_size: SAMPLE,
  };
  return (await send("tasks.get_all", request, abort)).tasks;
}

const SAMPLE = 10;
