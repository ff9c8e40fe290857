/** Columns of the task table: what a cell of theirs holds, sorting by several, and groups with mean and deviation. */
import { compareText } from "./text-order";

/** `name` and other fields, `last:`, `min:` or `max:` and a metric's name, `param:` and a section with a name. */
export type ColumnKey = string;

/** The value of a cell; `null` is blank. */
export type Cell = string | number | null;

export interface Sort {
  column: ColumnKey;
  descending: boolean;
}

/** The heading of a column. */
export function columnTitle(key: ColumnKey): string {
  const [, kind, name] = /^(last|min|max|param):(.*)$/s.exec(key) ?? [];
  if (kind === undefined || name === undefined) return key.charAt(0).toUpperCase() + key.slice(1);
  return kind === "last" || kind === "param" ? name : `${name} (${kind})`;
}

/** A parameter's text as a number where it is one, so that 9 < 10 < 1e2. */
export function asNumber(text: string): Cell {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Rows by several columns; blanks come last either way, rows that are alike keep their order. */
export function sortRows<T>(rows: readonly T[], sorts: readonly Sort[], cell: (row: T, key: ColumnKey) => Cell): T[] {
  if (sorts.length === 0) return [...rows];
  return [...rows].sort((a, b) => {
    for (const { column, descending } of sorts) {
      const order = compareCells(cell(a, column), cell(b, column), descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function compareCells(a: Cell, b: Cell, descending: boolean): number {
  if (isBlank(a) || isBlank(b)) return Number(isBlank(a)) - Number(isBlank(b));
  const order = typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b));
  return descending ? -order : order;
}

function isBlank(value: Cell): boolean {
  return value === null || value === "" || Number.isNaN(value);
}

/** `-status,last:loss`: the address's words for an order. */
export function parseSorts(text: string): Sort[] {
  return text
    .split("|")
    .filter(Boolean)
    .map((part) => ({ column: part.replace(/^-/, ""), descending: part.startsWith("-") }));
}

export function sortsText(sorts: readonly Sort[]): string {
  return sorts.map(({ column, descending }) => `${descending ? "-" : ""}${column}`).join("|");
}

/** The order after a click on a heading: ascending, descending, none; with `more`, beside the others. */
export function clickedSorts(sorts: readonly Sort[], column: ColumnKey, more: boolean): Sort[] {
  const old = sorts.find((sort) => sort.column === column);
  const clicked = !old ? [{ column, descending: false }] : old.descending ? [] : [{ column, descending: true }];
  if (!more) return clicked;
  return old ? sorts.flatMap((sort) => (sort === old ? clicked : [sort])) : [...sorts, ...clicked];
}

export interface Group<T> {
  /** What the rows have in common, one value for each column they are grouped by. */
  values: Cell[];
  rows: T[];
}

/** Rows with equal values in all of some columns, in the order in which they are first met. */
export function groupRows<T>(rows: readonly T[], by: readonly ColumnKey[], cell: (row: T, key: ColumnKey) => Cell): Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const row of rows) {
    const values = by.map((key) => cell(row, key));
    const name = JSON.stringify(values);
    const group = groups.get(name) ?? { values, rows: [] };
    group.rows.push(row);
    groups.set(name, group);
  }
  return [...groups.values()];
}

export interface Spread {
  count: number;
  mean: number;
  /** Sample standard deviation; `null` for a single value. */
  deviation: number | null;
}

/** Mean and deviation of those cells that are numbers; `null` if none is. */
export function spread(cells: readonly Cell[]): Spread | null {
  const numbers = cells.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const count = numbers.length;
  if (count === 0) return null;
  const mean = numbers.reduce((sum, value) => sum + value, 0) / count;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : null };
}

/** The columns whose values are not the same in all rows; all of them where there is nothing to compare. */
export function columnsThatVary<Row>(
  rows: readonly Row[],
  columns: readonly string[],
  cellOf: (row: Row, column: string) => unknown,
): readonly string[] {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return columns;
  const text = (row: Row, column: string) => JSON.stringify(cellOf(row, column) ?? null);
  return columns.filter((column) => others.some((row) => text(row, column) !== text(first, column)));
}
