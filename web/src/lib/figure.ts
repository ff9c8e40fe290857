/** Reads the Plotly figures that clients report (protocol §3.6); heatmaps, tables and images we draw ourselves. */
import type { PlotFigure } from "./plot-message";

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

/** A picture in a figure's clothes, as clients send those that no plotting library can describe. */
export interface FigureImage {
  kind: "image";
  source: string;
}

export interface OtherFigure {
  kind: "other";
  figure: PlotFigure;
}

/** No figure at all. */
export interface BrokenFigure {
  kind: "broken";
}

export type Figure = Heatmap | FigureTable | FigureImage | OtherFigure | BrokenFigure;

/** Understand a figure's JSON text; what we do not draw ourselves is an `OtherFigure`. */
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
  const source = traces.length <= 1 ? imageSource(trace, layout) : "";
  if (source !== "") return { kind: "image", source };
  if (!Array.isArray(get(figure, "data"))) return { kind: "broken" };
  return { kind: "other", figure: { data: traces, layout: isObject(layout) ? layout : {} } };
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

/** The address of the one picture that a figure consists of; empty for any other figure. */
function imageSource(trace: unknown, layout: unknown): string {
  const images = arrayOf(get(layout, "images"));
  const empty = trace === undefined || arrayOf(get(trace, "x")).length + arrayOf(get(trace, "y")).length === 0;
  return images.length === 1 && empty ? textOf(get(images[0], "source")) : "";
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
  return isObject(holder) ? holder[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
