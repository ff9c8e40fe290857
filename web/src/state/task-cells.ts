/** What the columns and the filter of the task table mean for a row. */
import { parseDate } from "../lib/format";
import { statusMeaning } from "../lib/status";
import { asNumber, type Cell, type ColumnKey } from "../lib/task-rows";
import { projectNames } from "./projects";
import type { TaskRow } from "./task-list";

export const FIELD_COLUMNS = ["project", "status", "type", "tags", "iteration", "created", "started", "updated", "duration"];

/** The value of a cell: what it is sorted, grouped and exported by. */
export function cellOf(row: TaskRow, key: ColumnKey): Cell {
  const [, kind, name] = /^(last|min|max|param):(.*)$/s.exec(key) ?? [];
  if (kind === "param") return asNumber(row.parameters.get(name ?? "") ?? "");
  if (kind !== undefined) return metricOf(row, name ?? "", kind);
  switch (key) {
    case "name":
      return row.name;
    case "project":
      return row.project ? (projectNames.value.get(row.project) ?? row.project) : null;
    case "status":
      return statusMeaning(row.status).word;
    case "type":
      return row.type ?? null;
    case "tags":
      return row.tags?.join(", ") ?? null;
    case "iteration":
      return row.last_iteration ?? null;
    case "duration":
      return duration(row);
    default:
      return dateOf(row, key);
  }
}

function metricOf(row: TaskRow, name: string, kind: string): Cell {
  const metric = row.metrics.get(name);
  return (kind === "min" ? metric?.min_value : kind === "max" ? metric?.max_value : metric?.value) ?? null;
}

function duration(row: TaskRow): Cell {
  const start = parseDate(row.started);
  const end = parseDate(row.completed) ?? parseDate(row.last_update);
  return start === null || end === null ? null : (end - start) / 1000;
}

function dateOf(row: TaskRow, key: ColumnKey): Cell {
  const date = { created: row.created, started: row.started, completed: row.completed, updated: row.last_update }[key];
  return parseDate(date);
}

/** What a key of the filter language means for a row; ages are in seconds. */
export function filterValues(row: TaskRow, key: string): (string | number)[] {
  const [head, ...rest] = key.split(".");
  switch (head) {
    case "":
    case "name":
      return [row.name];
    case "id":
      return [row.id];
    case "tag":
    case "tags":
      return row.tags ?? [];
    case "status":
      return [row.status, statusMeaning(row.status).word];
    case "metrics":
      return metricValues(row, rest.join("."));
    case "params":
      return [row.parameters.get(rest.join("/")) ?? row.parameters.get(`${rest[0]}/${rest.slice(1).join(".")}`)].filter(
        (value) => value !== undefined,
      );
    case "created":
    case "started":
    case "completed":
    case "updated": {
      const time = dateOf(row, head);
      return typeof time === "number" ? [(Date.now() - time) / 1000] : [];
    }
    default: {
      const value = cellOf(row, key);
      return value === null ? [] : [value];
    }
  }
}

/** `val.acc.max` is the greatest value of `val / acc`; without an ending it is the last. */
function metricValues(row: TaskRow, wanted: string): number[] {
  const found = [...row.metrics].flatMap(([name, metric]) => {
    const dotted = name.replaceAll(" / ", ".");
    if (dotted === wanted || `${dotted}.last` === wanted) return [metric.value];
    if (`${dotted}.min` === wanted) return [metric.min_value];
    if (`${dotted}.max` === wanted) return [metric.max_value];
    return [];
  });
  return found.filter((value): value is number => typeof value === "number");
}
