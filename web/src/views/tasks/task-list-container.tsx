import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { toCsv } from "../../lib/csv";
import { type Filter, FilterError, parseFilter } from "../../lib/task-filter";
import { columnsThatVary, columnTitle, groupRows, parseSorts } from "../../lib/task-rows";
import { query, setQuery } from "../../state/location";
import { metricPaths } from "../../state/metric-paths";
import { notify } from "../../state/notices";
import { projectNames } from "../../state/projects";
import { prepareTable } from "../../state/table-download";
import { cellOf } from "../../state/task-cells";
import { LARGEST_LIST, type TaskRow } from "../../state/task-list";
import { Problem } from "../parts/problem";
import { saveAddress, saveText } from "../parts/save-text";
import { setTitle } from "../parts/title";
import { BatchBar } from "./batch-bar";
import { FirstRun } from "./first-run";
import { ListToolbar } from "./list-toolbar";
import { type Line, TaskTable } from "./task-table";
import { useColumns } from "./use-columns";
import { useSelection } from "./use-selection";
import { type TaskRows, useTaskRows } from "./use-task-rows";

/** The tasks of a project, or of all projects: filtered, sorted and grouped as the address says. */
export function TaskListContainer({ project }: { project: string | null }) {
  const address = query.value;
  const text = address.get("q") ?? "";
  const archived = address.get("archived") === "1";
  const { filter, problem } = useFilter(text);
  const sorts = useMemo(() => parseSorts(address.get("sort") ?? ""), [address.get("sort")]);
  const grouping = useMemo(() => (address.get("group") ?? "").split("|").filter(Boolean), [address.get("group")]);
  const chosenColumns = useColumns(project);
  const columns = chosenColumns ?? [];
  const varying = address.get("vary") === "1";
  const everything = useSignal(false);
  const view = useSignal({ first: 0, last: 60 });
  const options = { project, archived, filter, sorts, columns: chosenColumns, grouping, whole: varying || everything.value, view };
  const list = useTaskRows(options);
  const rows = "rows" in list ? list.rows : NONE;
  const known = useMemo(() => rows.filter((row) => row !== null), [rows]);
  const shown = useMemo(() => (varying ? columnsThatVary(known, columns, cellOf) : columns), [known, varying, columns.join("|")]);

  const open = useSignal<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => linesOf(rows, grouping, open.value), [rows, grouping, open.value]);
  const selection = useSelection(JSON.stringify([project, archived, text]), known);
  const complete = "rows" in list && list.complete;
  useEffect(() => {
    if (everything.value && complete) selection.ids.value = new Set(known.map((row) => row.id));
  }, [everything.value, complete]);
  useEffect(() => {
    if (selection.ids.value.size === 0) everything.value = false;
  }, [selection.ids.value]);

  const heading = project === null ? "Tasks" : (projectNames.value.get(project) ?? "Project");
  useEffect(() => setTitle(heading), [heading]);

  const { error, reload } = list;
  if (!("rows" in list)) return <div class="page">{error && <Problem error={error} retry={reload} />}</div>;
  if (rows.length === 0 && text === "" && project === null && !archived) return <FirstRun />;

  const save = async () => {
    if (known.length < rows.length) return saveAddress(await prepareTable(list.query, columns, metricPaths.peek()));
    const fields = ["name", ...shown];
    const cells = known.map((row) => ["id", ...fields].map((key) => (key === "id" ? row.id : exported(row, key))));
    return saveText("tasks.csv", toCsv([["id", ...fields.map(columnTitle)], ...cells]), "text/csv");
  };
  return (
    <div class="page page-list">
      {error && <Problem error={error} retry={reload} stale />}
      <ListToolbar
        heading={heading}
        project={project}
        count={countText(rows.length, list, text !== "")}
        pending={list.pending}
        show={list.show}
        text={text}
        problem={problem}
        columns={columns}
        varying={varying}
        hidden={columns.length - shown.length}
        grouping={grouping}
        save={() => void save().catch((failure: Error) => notify(failure.message, { failed: true }))}
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
          columns={shown}
          sorts={sorts}
          caption={heading}
          selected={selection.ids}
          hold={list.hold}
          view={view}
          busy={list.loading}
          toggle={(name) => {
            const next = new Set(open.value);
            if (!next.delete(name)) next.add(name);
            open.value = next;
          }}
        />
      )}
      <BatchBar
        rows={selection.rows}
        found={rows.length}
        archived={archived}
        selectAll={() => (everything.value = true)}
        clear={selection.clear}
      />
    </div>
  );
}

const NONE: readonly (TaskRow | null)[] = [];

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

function linesOf(rows: readonly (TaskRow | null)[], grouping: readonly string[], open: ReadonlySet<string>): Line[] {
  if (grouping.length === 0) return rows.map((row) => (row ? { kind: "task", row } : BLANK));
  const known = rows.filter((row) => row !== null);
  return groupRows(known, grouping, cellOf).flatMap((group): Line[] => {
    const name = group.values.map((value, at) => `${columnTitle(grouping[at] ?? "")} = ${value ?? "none"}`).join(", ");
    const members = open.has(name) ? group.rows.map((row): Line => ({ kind: "task", row })) : [];
    return [{ kind: "group", name, rows: group.rows, open: open.has(name) }, ...members];
  });
}

const BLANK: Line = { kind: "blank" };

function exported(row: TaskRow, key: string) {
  const value = cellOf(row, key);
  const isDate = ["created", "started", "updated"].includes(key);
  return isDate && typeof value === "number" ? new Date(value).toISOString() : value;
}

function countText(count: number, { total, partial }: TaskRows, filtered: boolean): string {
  const shown = count.toLocaleString("en");
  const most = LARGEST_LIST.toLocaleString("en");
  const all = (total ?? count).toLocaleString("en");
  if (partial) return `${shown} among the newest ${most} of ${all}`;
  return filtered ? `${shown} of ${all} found` : `${shown} ${count === 1 ? "task" : "tasks"}`;
}

function emptyText(text: string, archived: boolean): string {
  if (text !== "") return `No task fits “${text}”.`;
  return archived ? "The archive is empty." : "This project has no tasks yet.";
}
