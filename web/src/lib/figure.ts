/** Reads the Plotly figures that clients report (protocol §3.6), as far as we draw them ourselves: heatmaps and tables. */

export interface Heatmap {
  kind: "heatmap";
  title: string;
  xTitle: string;
  yTitle: string;
  xLabels: string[];
  yLabels: string[];
  /** Rows from top to bottom as they are in the figure; `null` is a missing cell. */
  cells: (number | null)[][];
}

export interface FigureTable {
  kind: "table";
  title: string;
  header: string[];
  rows: string[][];
}

export interface OtherFigure {
  kind: "other";
  title: string;
  /** Types of the traces, for telling the user what it is. */
  types: string[];
}

export type Figure = Heatmap | FigureTable | OtherFigure;

/** Understand a figure's JSON text; what is not understood is an `OtherFigure`. */
export function parseFigure(text: string): Figure {
  const figure = parseTolerant(text);
  const layout = get(figure, "layout");
  const title = titleOf(layout);
  const traces = arrayOf(get(figure, "data"));
  const [trace] = traces;
  if (traces.length === 1 && get(trace, "type") === "heatmap") {
    const heatmap = readHeatmap(trace, layout, title);
    if (heatmap) return heatmap;
  }
  if (traces.length === 1 && get(trace, "type") === "table") return readTable(trace, title);
  return { kind: "other", title, types: traces.map((item) => textOf(get(item, "type")) || "scatter") };
}

/** JSON as Python writes it: `NaN` and the infinities, which JSON does not have, become `null`. */
function parseTolerant(text: string): unknown {
  try {
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g, (token) => (token[0] === '"' ? token : "null")),
    );
  } catch {
    return null;
  }
}

function readHeatmap(trace: unknown, layout: unknown, title: string): Heatmap | null {
  const cells = arrayOf(get(trace, "z")).map((row) =>
    arrayOf(row).map((cell) => (typeof cell === "number" ? cell : null)),
  );
  const width = cells[0]?.length ?? 0;
  if (width === 0 || cells.some((row) => row.length !== width)) return null;
  return {
    kind: "heatmap",
    title,
    xTitle: titleOf(get(layout, "xaxis")),
    yTitle: titleOf(get(layout, "yaxis")),
    xLabels: labels(get(trace, "x"), width),
    yLabels: labels(get(trace, "y"), cells.length),
    cells,
  };
}

function labels(values: unknown, count: number): string[] {
  const given = arrayOf(values).map(textOf);
  return given.length === count ? given : Array.from({ length: count }, (_, index) => String(index));
}

/** A Plotly table holds columns; people read rows. */
function readTable(trace: unknown, title: string): FigureTable {
  const columns = arrayOf(get(get(trace, "cells"), "values")).map((column) => arrayOf(column).map(textOf));
  const header = arrayOf(get(get(trace, "header"), "values")).map((cell) =>
    Array.isArray(cell) ? cell.map(textOf).join(" ") : textOf(cell),
  );
  const height = Math.max(0, ...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, (_, row) => columns.map((column) => column[row] ?? ""));
  return { kind: "table", title, header, rows };
}

/** A title is a text, or an object that holds one. */
function titleOf(holder: unknown): string {
  const title = get(holder, "title");
  return textOf(typeof title === "object" ? get(title, "text") : title);
}

function get(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null && key in holder
    ? (holder as Record<string, unknown>)[key]
    : undefined;
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
