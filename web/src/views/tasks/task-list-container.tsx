import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { toCsv } from "../../lib/csv";
import { chooseColumns } from "../../lib/metrics";
import { settleRows } from "../../lib/rows";
import { conjunction, type Filter, FilterError, parseFilter, passes } from "../../lib/task-filter";
import { columnTitle, groupRows, parseSorts, sortRows } from "../../lib/task-rows";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { projectNames } from "../../state/projects";
import { acted, asExpected, forecasts } from "../../state/actions";
import { cellOf, filterValues } from "../../state/task-cells";
import { LARGEST_LIST, loadTaskList, type TaskList, type TaskRow } from "../../state/task-list";
import { Problem } from "../parts/problem";
import { saveText } from "../parts/save-text";
import { setTitle } from "../parts/title";
import { BatchBar } from "./batch-bar";
import { FirstRun } from "./first-run";
import { ListToolbar } from "./list-toolbar";
import { type Line, TaskTable } from "./task-table";

const EVERY = 2000;
const PAGE = 500;
const METRIC_COLUMNS = 4;

/** The tasks of a project, or of all projects: filtered, sorted and grouped as the address says. */
export function TaskListContainer({ project }: { project: string | null }) {
  const address = query.value;
  const text = address.get("q") ?? "";
  const archived = address.get("archived") === "1";
  const { filter, problem } = useFilter(text);
  const wanted = {
    project,
    archived,
    text: nameIn(filter),
    size: Math.min(Math.max(Number(address.get("n")) || PAGE, 1), LARGEST_LIST),
  };
  const { data, error, reload } = useLive({
    key: JSON.stringify(wanted),
    version: String(acted.value),
    load: (abort, previous: TaskList | null) => loadTaskList(wanted, previous, abort),
    every: () => EVERY,
    topics: ["tasks"],
  });
  const sorts = useMemo(() => parseSorts(address.get("sort") ?? ""), [address.get("sort")]);
  const found = useMemo(() => {
    const rows = (data.value?.rows ?? []).flatMap((row) => asExpected(row));
    const left = filter ? rows.filter((row) => passes(filter, (key) => filterValues(row, key))) : rows;
    return sortRows(left, sorts, cellOf);
  }, [data.value, filter, sorts, forecasts.value]);
  const { rows, pending, show, hold } = useStillRows(found, `${JSON.stringify(wanted)} ${text} ${address.get("sort")}`);

  const columns = useColumns(data.value?.rows ?? []);
  const grouping = useMemo(() => (address.get("group") ?? "").split("|").filter(Boolean), [address.get("group")]);
  const open = useSignal<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => linesOf(rows, grouping, open.value), [rows, grouping, open.value]);
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const chosen = rows.filter((row) => selected.value.has(row.id));

  const heading = project === null ? "Tasks" : (projectNames.value.get(project) ?? "Project");
  useEffect(() => setTitle(heading), [heading]);
  useEffect(() => void (selected.value = new Set()), [project, archived]);

  if (!data.value) return <div class="page">{error.value && <Problem error={error.value} retry={reload} />}</div>;
  const empty = data.value.rows.length === 0 && text === "";
  if (empty && project === null && !archived) return <FirstRun />;

  const save = () => {
    const shown = ["name", ...columns];
    const cells = rows.map((row) => ["id", ...shown].map((key) => (key === "id" ? row.id : exported(row, key))));
    saveText("tasks.csv", toCsv([["id", ...shown.map(columnTitle)], ...cells]), "text/csv");
  };
  return (
    <div class="page page-list">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <ListToolbar
        heading={heading}
        project={project}
        count={countText(rows.length, data.value, text !== "")}
        pending={pending}
        show={show}
        text={text}
        problem={problem}
        columns={columns}
        rows={data.value.rows}
        grouping={grouping}
        save={save}
      />
      {rows.length === 0 ? (
        <div class="empty">
          <p>{emptyText(text, archived)}</p>
          {text !== "" && (
            <button type="button" onClick={() => setQuery("q", "")}>
              Clear the filter
            </button>
          )}
        </div>
      ) : (
        <TaskTable
          lines={lines}
          columns={columns}
          sorts={sorts}
          caption={heading}
          selected={selected}
          hold={hold}
          toggle={(name) => {
            const next = new Set(open.value);
            if (!next.delete(name)) next.add(name);
            open.value = next;
          }}
        />
      )}
      {data.value.more && wanted.size < LARGEST_LIST && (
        <p>
          <button type="button" onClick={() => setQuery("n", String(Math.min(wanted.size + PAGE, LARGEST_LIST)))}>
            Show more
          </button>
        </p>
      )}
      <BatchBar rows={chosen} archived={archived} clear={() => (selected.value = new Set())} />
    </div>
  );
}

/** The filter of a text; of one that is not finished, the last that was. */
function useFilter(text: string): { filter: Filter | null; problem: FilterError | null } {
  const last = useRef<Filter | null>(null);
  return useMemo(() => {
    try {
      last.current = parseFilter(text);
      return { filter: last.current, problem: null };
    } catch (error) {
      if (error instanceof FilterError) return { filter: last.current, problem: error };
      throw error;
    }
  }, [text]);
}

/** A word that the name has to contain: the server looks for it among all tasks, not only the newest. */
function nameIn(filter: Filter | null): string {
  for (const part of conjunction(filter)) {
    if (part.kind === "test" && part.key === "" && part.values.length === 1) return part.values[0] ?? "";
  }
  return "";
}

/** The columns of the address, or those that say most. */
function useColumns(rows: readonly TaskRow[]): string[] {
  const metrics = useRef<string[]>([]);
  const chosen = query.value.get("cols");
  if (chosen !== null) return chosen.split("|").filter(Boolean);
  const names = rows.map((row) => [...row.metrics.keys()]);
  metrics.current = chooseColumns(names, metrics.current, METRIC_COLUMNS);
  const best = metrics.current.map((name) => `last:${name}`);
  return ["project", "status", "iteration", ...best, "started", "duration"];
}

function linesOf(rows: readonly TaskRow[], grouping: readonly string[], open: ReadonlySet<string>): Line[] {
  if (grouping.length === 0) return rows.map((row) => ({ kind: "task", row }));
  return groupRows(rows, grouping, cellOf).flatMap((group): Line[] => {
    const name = group.values.map((value, at) => `${columnTitle(grouping[at] ?? "")} = ${value ?? "none"}`).join(", ");
    const members = open.has(name) ? group.rows.map((row): Line => ({ kind: "task", row })) : [];
    return [{ kind: "group", name, rows: group.rows, open: open.has(name) }, ...members];
  });
}

function exported(row: TaskRow, key: string) {
  const value = cellOf(row, key);
  const isDate = ["created", "started", "updated"].includes(key);
  return isDate && typeof value === "number" ? new Date(value).toISOString() : value;
}

function countText(count: number, list: TaskList, filtered: boolean): string {
  const total = list.total.toLocaleString("en");
  if (filtered) return `${count.toLocaleString("en")} of ${total} ${list.more ? "(among the newest) " : ""}found`;
  return list.more ? `The newest ${count.toLocaleString("en")} of ${total} tasks` : `${total} ${list.total === 1 ? "task" : "tasks"}`;
}

function emptyText(text: string, archived: boolean): string {
  if (text !== "") return `No task fits “${text}”.`;
  return archived ? "The archive is empty." : "This project has no tasks yet.";
}

/** Rows that stay where they are while the pointer is over them, or while the table is scrolled. */
function useStillRows(newest: TaskRow[], key: string) {
  const held = useRef(false);
  const shown = useRef<{ key: string; ids: string[] }>({ key: "", ids: [] });
  const forced = useSignal(0);
  const settled = useMemo(() => {
    const result = settleRows(shown.current.ids, newest, shown.current.key === key && held.current);
    shown.current = { key, ids: result.rows.map((row) => row.id) };
    return result;
  }, [newest, key, forced.value]);

  return {
    ...settled,
    /** Show what is pending. */
    show: () => {
      shown.current = { key: "", ids: [] };
      forced.value += 1;
    },
    hold: (on: boolean) => {
      held.current = on;
    },
  };
}
