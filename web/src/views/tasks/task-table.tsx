import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { clickedSorts, columnTitle, type Sort, sortsText } from "../../lib/task-rows";
import { setQuery } from "../../state/location";
import type { TaskRow } from "../../state/task-list";
import { GroupCells, TaskCells } from "./cells";

/** What a line of the table is: a task, or the head of a group of tasks. */
export type Line =
  | { kind: "task"; row: TaskRow }
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
}

const ROW_HEIGHT = 28;
const BESIDE = 12;

const TEXT_COLUMNS = new Set(["name", "project", "status", "type", "tags", "created", "started", "updated"]);

/** Whether a column's cells are set flush right. */
export const isNumeric = (key: string) => !TEXT_COLUMNS.has(key);

/** The table of tasks, of which only the lines in view are there. */
export function TaskTable({ lines, columns, sorts, caption, selected, toggle, hold }: TaskTableProps) {
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
  const ids = lines.flatMap((line) => (line.kind === "task" ? [line.row.id] : line.rows.map(({ id }) => id)));
  const all = ids.length > 0 && ids.every((id) => selected.value.has(id));

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
      <table class="task-table" aria-rowcount={lines.length + 1}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th class="cell-choice">
              <input
                type="checkbox"
                aria-label="Select all"
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
          {lines.slice(first, last).map((line, at) => (
            <tr
              key={line.kind === "task" ? line.row.id : `group ${line.name}`}
              aria-rowindex={first + at + 2}
              class={line.kind === "group" ? "group-row" : selected.value.has(line.row.id) ? "row-selected" : ""}
            >
              {line.kind === "task" ? (
                <TaskCells row={line.row} columns={columns} chosen={selected.value.has(line.row.id)} choose={choose} />
              ) : (
                <GroupCells {...line} columns={columns} toggle={toggle} choose={choose} />
              )}
            </tr>
          ))}
          <Gap lines={lines.length - last} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
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
