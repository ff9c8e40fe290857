import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { settleRows } from "../../lib/rows";
import { type Filter, passes } from "../../lib/task-filter";
import { columnsOf, toListing, toOrder } from "../../lib/task-query";
import { type Sort, sortRows } from "../../lib/task-rows";
import { acted, asExpected, forecasts } from "../../state/actions";
import { useLive } from "../../state/live";
import { loadNames, metricPaths } from "../../state/metric-paths";
import { cellOf, filterValues } from "../../state/task-cells";
import { BLOCK, countTasks, LARGEST_LIST, lengthOf, loadBlocks, rowsOf, type TaskList, type TaskQuery, type TaskRow } from "../../state/task-list";

const EVERY = { rows: 2000, counts: 10_000 };

/** A list of up to so many tasks is loaded whole. */
const WHOLE = 500;

interface Options {
  project: string | null;
  archived: boolean;
  filter: Filter | null;
  sorts: readonly Sort[];
  /** `null` while they are being chosen. */
  columns: readonly string[] | null;
  grouping: readonly string[];
  /** Whether all rows are needed, not only those in view. */
  whole: boolean;
  /** Lines of the table that are in view. */
  view: Signal<{ first: number; last: number }>;
}

export interface TaskRows {
  /** All rows in their order; `null` for those that are not loaded. */
  rows: readonly (TaskRow | null)[];
  query: TaskQuery;
  /** How many tasks there are without the filter; `null` if that is not known yet. */
  total: number | null;
  /** Whether the page filters, sorts or groups, but does not have all tasks to do so. */
  partial: boolean;
  /** Whether no row is missing that the page can hold. */
  complete: boolean;
  /** Rows that are new, but not shown yet. */
  pending: number;
  /** Show them. */
  show: () => void;
  /** Told whether somebody is using the table, so that nothing may move. */
  hold: (on: boolean) => void;
  loading: boolean;
  error: Error | null;
  reload: () => void;
}

/** The rows of a list: those in view if the server can filter and sort them, else all that a page can hold. */
export function useTaskRows({ project, archived, filter, sorts, columns, grouping, whole, view }: Options): TaskRows | { error: Error | null; reload: () => void } {
  const paths = metricPaths.value;
  const held = useRef(false);
  const { rest, order, query, key } = useMemo(() => {
    const { rest } = toListing(filter, paths, 0);
    const order = toOrder(sorts, paths);
    const needed = [...(columns ?? []), ...grouping, ...sorts.map(({ column }) => column), ...columnsOf(rest, paths)];
    const query: TaskQuery = { project, archived, filter, order: order ?? ["-created"], columns: [...new Set(needed)] };
    return { rest, order, query, key: JSON.stringify([query, query.columns.map((column) => paths.get(metricOf(column)))]) };
  }, [project, archived, filter, sorts, columns?.join("|"), grouping, paths]);
  const loadUnknown = useUnknownNames(query, rest, paths);

  const counts = useLive({
    key: JSON.stringify([project, archived, filter, query.order]),
    version: String(acted.value),
    load: async (abort) => {
      await pause(COUNTED_AFTER, abort);
      return { filter, project, archived, ...(await countTasks(query, paths, abort)) };
    },
    every: () => EVERY.counts,
  });
  const counted = counts.data.value?.filter === filter && counts.data.value.project === project && counts.data.value.archived === archived ? counts.data.value : null;

  const inPage = whole || grouping.length > 0 || rest !== null || order === null;
  const blockSize = inPage ? BLOCK.all : BLOCK.inView;
  const blocks = blocksWanted(inPage, counted?.found ?? null, view.value, blockSize);
  const actedAt = useRef(acted.peek());
  const list = useLive<TaskList | null>({
    key: columns === null ? "" : `${key} ${blockSize} ${blocks.join()}`,
    version: String(acted.value),
    load: async (abort, previous) => {
      if (columns === null) return null;
      await loadUnknown(abort);
      const hold = held.current && !inPage && actedAt.current === acted.peek() && lengthOf(previous ?? NOTHING) === null;
      actedAt.current = acted.peek();
      return loadBlocks(key, query, { blockSize, blocks, hold }, paths, previous, abort);
    },
    every: () => EVERY.rows,
    topics: ["tasks"],
  });

  const loaded = list.data.value;
  const length = loaded && lengthOf(loaded);
  const found = useMemo(() => {
    if (!loaded) return [];
    const count = length ?? Math.max(counted?.found ?? 0, extentOf(loaded));
    const rows = rowsOf(loaded, inPage ? Math.min(count, LARGEST_LIST) : count);
    if (!inPage) return rows.flatMap((row) => (row ? asExpected(row) : [null]));
    const known = rows.flatMap((row) => (row ? asExpected(row) : []));
    const left = rest ? known.filter((row) => passes(rest, (name) => filterValues(row, name))) : known;
    return order === null ? sortRows(left, sorts, cellOf) : left;
  }, [loaded, length, counted?.found, inPage, rest, order, sorts, forecasts.value]);
  const complete = loaded?.key === key && counted !== null && countOf(loaded) >= Math.min(counted.found, LARGEST_LIST);
  // What is only half loaded must not be held: the rest would be taken for rows that are new.
  const isWhole = length !== null || (inPage && complete);
  const still = useStillRows(found, isWhole ? (loaded?.key ?? "") : null, held);
  const added = useAddedSince(counted?.found ?? null, key, held);
  if (!loaded) return { error: list.error.value, reload: list.reload };
  return {
    ...still,
    pending: length === null && !inPage ? added.pending : still.pending,
    show: () => {
      held.current = false;
      added.forget();
      still.show();
      list.reload();
    },
    hold: (on) => {
      held.current = on;
    },
    query,
    total: counted?.total ?? null,
    partial: inPage && (counted?.found ?? 0) > LARGEST_LIST,
    complete,
    loading: loaded.key !== key,
    error: list.error.value,
    reload: list.reload,
  };
}

/** Who types a filter is not counted for at every letter; milliseconds. */
const COUNTED_AFTER = 150;

function pause(milliseconds: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => (abort.aborted ? reject(abort.reason as Error) : resolve()), milliseconds);
  });
}

const NOTHING: TaskList = { key: "", blockSize: 1, blocks: new Map() };

function metricOf(column: string): string {
  return column.replace(/^(?:last|min|max):/, "");
}

function blocksWanted(inPage: boolean, count: number | null, view: { first: number; last: number }, blockSize: number): number[] {
  if (inPage || (count !== null && count <= WHOLE)) {
    return range(0, Math.max(Math.ceil(Math.min(count ?? 1, LARGEST_LIST) / blockSize) - 1, 0));
  }
  return range(Math.floor(view.first / blockSize), Math.floor(Math.max(view.last - 1, 0) / blockSize));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** How many rows are loaded. */
function countOf({ blocks }: TaskList): number {
  return [...blocks.values()].reduce((count, rows) => count + rows.length, 0);
}

function extentOf({ blocks, blockSize }: TaskList): number {
  return Math.max(0, ...[...blocks].filter(([, rows]) => rows.length > 0).map(([block, rows]) => block * blockSize + rows.length));
}

/** Learns where the metrics are that an address names, once for a project. */
function useUnknownNames({ project, columns }: TaskQuery, rest: Filter | null, paths: ReadonlyMap<string, string>) {
  const asked = useRef(new Set<string | null>());
  return async (abort: AbortSignal): Promise<void> => {
    const unknown = columns.some((column) => /^(?:last|min|max):/.test(column) && !paths.has(metricOf(column)));
    if ((!unknown && !JSON.stringify(rest).includes('"metrics.')) || asked.current.has(project)) return;
    await loadNames(project, abort);
    asked.current.add(project);
  };
}

/**
 * Rows that stay where they are while the pointer is over them, or while the table is scrolled.
 *
 * @param key names the list; `null` while only parts of it are there, which stay where they are by themselves
 */
function useStillRows(newest: readonly (TaskRow | null)[], key: string | null, held: { current: boolean }) {
  const shown = useRef<{ key: string | null; ids: string[] }>({ key: null, ids: [] });
  const forced = useSignal(0);
  const settled = useMemo(() => {
    const known = newest.filter((row) => row !== null);
    if (key === null || known.length < newest.length) {
      shown.current = { key: null, ids: [] };
      return { rows: newest, pending: 0 };
    }
    const result = settleRows(shown.current.ids, known, shown.current.key === key && held.current);
    shown.current = { key, ids: result.rows.map((row) => row.id) };
    return result;
  }, [newest, key, forced.value]);
  const show = () => {
    shown.current = { key: null, ids: [] };
    forced.value += 1;
  };
  return { ...settled, show };
}

/** How many tasks were added since nobody used the table. */
function useAddedSince(count: number | null, key: string, held: { current: boolean }) {
  const base = useRef<{ key: string; count: number } | null>(null);
  useEffect(() => {
    if (count !== null && (!held.current || base.current?.key !== key)) base.current = { key, count };
  }, [count, key]);
  const before = base.current?.key === key ? base.current.count : count;
  return {
    pending: Math.max((count ?? 0) - (before ?? 0), 0),
    forget: () => {
      base.current = null;
    },
  };
}
