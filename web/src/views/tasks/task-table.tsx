import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { clickedSorts, columnTitle, type Sort, sortsText } from "../../lib/task-rows";
import { taskPath } from "../../lib/route";
import { navigate, setQuery } from "../../state/location";
import { useShortcuts } from "../../state/shortcuts";
import type { TaskRow } from "../../state/task-list";
import { GroupCells, TaskCells } from "./cells";

/** What a line of the table is: a task, one that is not loaded yet, or the head of a group of tasks. */
export type Line =
  | { kind: "task"; row: TaskRow }
  | { kind: "blank" }
  | { kind: "group"; name: string; rows: readonly TaskRow[]; open: boolean };

interface TaskTableProps {
  lines: readonly Line[];
  columns: readonly string[];
  sorts: readonly Sort[];
  caption: string;
  selected: Signal<ReadonlySet<string>>;
  toggle: (group: string) => void;
  /** Told whether somebody is using the table, so that nothing may move. */
  hold: (on: boolean) => void;
  /** Told which lines are in view. */
  view: Signal<{ first: number; last: number }>;
  /** Whether other rows are on their way. */
  busy: boolean;
}

const ROW_HEIGHT = 28;
const BESIDE = 12;

const TEXT_COLUMNS = new Set(["name", "project", "status", "type", "tags", "created", "started", "updated"]);

/** Whether a column's cells are set flush right. */
export const isNumeric = (key: string) => !TEXT_COLUMNS.has(key);

/** The table of tasks, of which only the lines in view are there. */
export function TaskTable({ lines, columns, sorts, caption, selected, toggle, hold, view, busy }: TaskTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  const lastChosen = useRef<string | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => (height.value = element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.min(Math.floor(top.value / ROW_HEIGHT) - BESIDE, lines.length - 1));
  const last = Math.min(lines.length, first + Math.ceil(height.value / ROW_HEIGHT) + 2 * BESIDE);
  useEffect(() => {
    if (view.peek().first !== first || view.peek().last !== last) view.value = { first, last };
  }, [first, last]);
  const ids = useMemo(() => lines.flatMap(idsOf), [lines]);
  const all = selected.value.size >= ids.length && ids.length > 0 && ids.every((id) => selected.value.has(id));

  const choose = (chosen: readonly string[], range: boolean) => {
    const next = new Set(selected.value);
    const [only = ""] = chosen;
    const from = range && lastChosen.current ? ids.indexOf(lastChosen.current) : -1;
    const to = ids.indexOf(only);
    const wanted = from < 0 ? chosen : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    const add = !selected.value.has(only);
    for (const id of wanted) add ? next.add(id) : next.delete(id);
    lastChosen.current = only;
    selected.value = next;
  };
  const active = useActiveLine(lines, frame, choose, toggle);
  const inView = lines.slice(first, last);
  const keys = keysOf(inView);

  return (
    <div
      ref={frame}
      class="table-frame task-frame"
      tabIndex={0}
      role="region"
      aria-label={caption}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
        hold(event.currentTarget.scrollTop > 0);
      }}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(top.value > 0)}
    >
      <table class="task-table" aria-rowcount={lines.length + 1} aria-busy={busy}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th class="cell-choice">
              <input
                type="checkbox"
                aria-label="Select all"
                title="Select all rows that are loaded"
                checked={all}
                onChange={() => (selected.value = new Set(all ? [] : ids))}
              />
            </th>
            {["name", ...columns].map((key) => (
              <Heading key={key} column={key} sorts={sorts} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap lines={first} columns={columns.length} />
          {inView.map((line, at) => (
            <tr
              key={keys[at]}
              aria-rowindex={first + at + 2}
              class={classOf(line, selected.value, first + at === active)}
            >
              {line.kind === "task" && (
                <TaskCells row={line.row} columns={columns} chosen={selected.value.has(line.row.id)} choose={choose} />
              )}
              {line.kind === "group" && <GroupCells {...line} columns={columns} toggle={toggle} choose={choose} />}
              {line.kind === "blank" && <td class="blank" colSpan={columns.length + 2} aria-label="Loading" />}
            </tr>
          ))}
          <Gap lines={lines.length - last} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function classOf(line: Line, selected: ReadonlySet<string>, active: boolean): string {
  const kind = line.kind === "group" ? "group-row" : line.kind === "task" && selected.has(line.row.id) ? "row-selected" : "";
  return active ? `${kind} row-active` : kind;
}

/** The line that keys are for: `j` and `k` go from line to line. */
function useActiveLine(
  lines: readonly Line[],
  frame: RefObject<HTMLDivElement | null>,
  choose: (ids: readonly string[], range: boolean) => void,
  toggle: (group: string) => void,
): number {
  const active = useSignal(-1);
  const go = (step: number) => {
    active.value = Math.max(0, Math.min(active.value + step, lines.length - 1));
    const element = frame.current;
    if (!element) return;
    const top = (active.value + 1) * ROW_HEIGHT;
    if (top < element.scrollTop + ROW_HEIGHT) element.scrollTop = top - ROW_HEIGHT;
    if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW_HEIGHT - element.clientHeight;
  };
  const line = lines[active.value];
  const select = (range: boolean) => line && choose(idsOf(line), range);
  const open = () => {
    if (line?.kind === "task") navigate(taskPath(line.row.id));
    if (line?.kind === "group") toggle(line.name);
  };
  useShortcuts([
    { keys: "j", what: "Next row", run: () => go(1) },
    { keys: "k", what: "Previous row", run: () => go(-1) },
    { keys: "x", what: "Select the row", run: () => select(false) },
    { keys: "o", what: "Open the row", run: open },
  ]);
  return active.value;
}

function idsOf(line: Line): string[] {
  return line.kind === "task" ? [line.row.id] : line.kind === "group" ? line.rows.map(({ id }) => id) : [];
}

/** Names of lines; while a long list is scrolled and grows, a task may stand in two places for a moment. */
function keysOf(lines: readonly Line[]): string[] {
  const known = new Set<string>();
  return lines.map((line, at) => {
    const key = line.kind === "group" ? `group ${line.name}` : line.kind === "task" ? line.row.id : "";
    if (key === "" || known.has(key)) return `${key} at ${at}`;
    known.add(key);
    return key;
  });
}

/** Stands for lines that are out of view. */
function Gap({ lines, columns }: { lines: number; columns: number }) {
  if (lines <= 0) return null;
  return (
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns + 2} style={{ height: `${lines * ROW_HEIGHT}px` }} />
    </tr>
  );
}

function Heading({ column, sorts }: { column: string; sorts: readonly Sort[] }) {
  const at = sorts.findIndex((sort) => sort.column === column);
  const sort = sorts[at];
  const order = sort ? (sort.descending ? "descending" : "ascending") : undefined;
  const title = columnTitle(column);
  return (
    <th scope="col" class={isNumeric(column) ? "number" : ""} aria-sort={order} title={`${title}: click to sort, with shift by several`}>
      <button
        type="button"
        class="heading-button"
        onClick={(event) => setQuery("sort", sortsText(clickedSorts(sorts, column, event.shiftKey)))}
      >
        {title}
        {sort && <span aria-hidden="true">{` ${sort.descending ? "▼" : "▲"}${sorts.length > 1 ? at + 1 : ""}`}</span>}
      </button>
    </th>
  );
}
