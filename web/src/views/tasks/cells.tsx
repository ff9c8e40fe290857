import { formatNumber } from "../../lib/format";
import { spread } from "../../lib/task-rows";
import { projectPath, taskPath } from "../../lib/route";
import { cellOf } from "../../state/task-cells";
import type { TaskRow } from "../../state/task-list";
import { StatusBadge } from "../parts/status-badge";
import { Ago, Duration } from "../parts/time";
import { isNumeric } from "./task-table";

type Choose = (ids: readonly string[], range: boolean) => void;

interface TaskCellsProps {
  row: TaskRow;
  columns: readonly string[];
  chosen: boolean;
  choose: Choose;
}

/** The cells of a task. */
export function TaskCells({ row, columns, chosen, choose }: TaskCellsProps) {
  return (
    <>
      <td class="cell-choice">
        <input
          type="checkbox"
          aria-label={`Select ${row.name}`}
          checked={chosen}
          onClick={(event) => choose([row.id], event.shiftKey)}
        />
      </td>
      <th scope="row" class="cell-name">
        <a href={taskPath(row.id)} title={row.name}>
          {row.name}
        </a>
        {row.tags?.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </th>
      {columns.map((key) => (
        <td key={key} class={isNumeric(key) ? "number" : `cell-${key}`}>
          <CellContent row={row} column={key} />
        </td>
      ))}
    </>
  );
}

function CellContent({ row, column }: { row: TaskRow; column: string }) {
  switch (column) {
    case "status":
      return <StatusBadge status={row.status} progress={row.runtime?.progress} />;
    case "created":
      return <Ago date={row.created} />;
    case "started":
      return <Ago date={row.started} />;
    case "updated":
      return <Ago date={row.last_update} />;
    case "duration":
      return <Duration run={row} />;
  }
  const value = cellOf(row, column);
  if (column === "project" && row.project)
    return (
      <a class="link-quiet" href={projectPath(row.project)} title={String(value)}>
        {value}
      </a>
    );
  if (typeof value === "number") return <span title={String(value)}>{formatNumber(value)}</span>;
  if (value === null && column.includes(":") && row.metrics.has(column.replace(/^\w+:/, ""))) return <>–</>;
  return <span title={value ?? ""}>{value ?? ""}</span>;
}

interface GroupCellsProps {
  name: string;
  rows: readonly TaskRow[];
  open: boolean;
  columns: readonly string[];
  toggle: (group: string) => void;
  choose: Choose;
}

/** The cells of a group's head: how many tasks it has, and mean and deviation of their numbers. */
export function GroupCells({ name, rows, open, columns, toggle, choose }: GroupCellsProps) {
  return (
    <>
      <td class="cell-choice">
        <input
          type="checkbox"
          aria-label={`Select the group ${name}`}
          onClick={() => choose(rows.map(({ id }) => id), false)}
        />
      </td>
      <th scope="row" class="cell-name">
        <button type="button" class="heading-button" aria-expanded={open} onClick={() => toggle(name)} title={name}>
          {open ? "▾" : "▸"} {name} <span class="quiet">({rows.length})</span>
        </button>
      </th>
      {columns.map((key) => (
        <td key={key} class={isNumeric(key) ? "number" : ""}>
          <GroupCell rows={rows} column={key} />
        </td>
      ))}
    </>
  );
}

function GroupCell({ rows, column }: { rows: readonly TaskRow[]; column: string }) {
  const cells = rows.map((row) => cellOf(row, column));
  const found = isNumeric(column) && column !== "duration" ? spread(cells) : null;
  if (!found) return <>{new Set(cells).size === 1 && !["created", "started", "updated", "duration"].includes(column) ? cells[0] : ""}</>;
  const { mean, deviation, count } = found;
  return (
    <span title={`mean ${mean}, standard deviation ${deviation ?? "of one value"}, n = ${count}`}>
      {formatNumber(mean)}
      {deviation !== null && ` ± ${formatNumber(deviation)}`}
    </span>
  );
}
