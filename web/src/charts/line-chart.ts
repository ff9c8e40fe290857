/** A line chart on a canvas: curves over a common x, zoom by dragging, a cursor shared with its neighbours. */
import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";

import { alignCurves, type Curve, notFiniteOf } from "../lib/curves";
import { formatDuration, formatX, type XAxis } from "../lib/format";
import { extentOfMost } from "../lib/outliers";
import { type Smoothing, smoothed, type Values } from "../lib/smoothing";
import type { Stroke } from "./palette";
import { onThemeChange } from "./theme";
import { type Reading, Tooltip } from "./tooltip";

export interface LineChartSpec {
  curves: readonly Curve[];
  strokes: readonly Stroke[];
  xAxis: XAxis;
  logarithmic: boolean;
  smoothing: Smoothing;
  /** Whether the unsmoothed curve stays visible behind. */
  originals: boolean;
  /** Whether the y axis shows all points, or only where most of them are. */
  outliers: boolean;
  /** The part of the x axis that is shown; `null` is the whole. */
  zoom: Range | null;
  /** A place on the x axis that is marked. */
  pin: number | null;
}

/** What a user does with a chart. It tells nothing that its spec told it, so that nothing goes round in circles. */
export interface LineChartGestures {
  /** Gets the x under the cursor, also of a neighbour's; `null` when it leaves. */
  onCursor: (x: number | null) => void;
  /** Gets the part of the x axis that was drawn, `null` for the whole. */
  onZoom: (range: Range | null) => void;
  /** Gets the x that was clicked. */
  onPin: (x: number) => void;
}

/** A part of the x axis. */
export interface Range {
  from: number;
  to: number;
}

const HEIGHT = 200;
const FAINT = 0.25;

/** Half the width of a mark, in pixels. */
const MARK = 4;

export class LineChart {
  private plot: uPlot;
  private tooltip: Tooltip | null = null;
  /** Whether a mouse button went down on this chart, as the beginning of a part of the x axis. */
  private drawing = false;
  private readonly resizing = new ResizeObserver(() => this.resize());
  private readonly forgetTheme = onThemeChange(() => this.rebuild());

  /** @param root an element whose width the chart takes */
  constructor(
    private readonly root: HTMLElement,
    private spec: LineChartSpec,
    private readonly gestures: LineChartGestures,
  ) {
    this.plot = this.build();
    this.resizing.observe(root);
  }

  /** Show other data, or the same otherwise. */
  update(spec: LineChartSpec): void {
    const old = this.spec;
    this.spec = spec;
    const sameKind =
      old.xAxis === spec.xAxis &&
      old.logarithmic === spec.logarithmic &&
      old.smoothing.strength > 0 === spec.smoothing.strength > 0 &&
      old.originals === spec.originals &&
      old.strokes.length === spec.strokes.length &&
      old.strokes.every((stroke, index) => stroke.colour === spec.strokes[index]?.colour);
    if (!sameKind) {
      this.rebuild();
      return;
    }
    this.plot.batch(() => {
      this.plot.setData(this.rows(), spec.zoom === null);
      this.showZoom(this.plot);
    });
  }

  destroy(): void {
    this.forgetTheme();
    this.resizing.disconnect();
    this.plot.destroy();
  }

  private rebuild(): void {
    this.plot.destroy();
    this.tooltip = null;
    this.plot = this.build();
  }

  private build(): uPlot {
    const style = getComputedStyle(this.root);
    const colour = (token: string) => style.getPropertyValue(token).trim();
    const axis = {
      stroke: colour("--text-quiet"),
      grid: { stroke: colour("--line-quiet"), width: 1 },
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      width: Math.max(this.root.clientWidth, 1),
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: "pellucid", scales: ["x", null] },
        points: { size: 6 },
        drag: { x: true, y: false, setScale: false },
        bind: this.bindings(),
      },
      scales: {
        x: { time: this.spec.xAxis === "time" },
        y: { distr: this.spec.logarithmic ? 3 : 1, range: (plot, min, max) => this.rangeOfY(plot, min, max) },
      },
      ms: 1,
      axes: [
        { ...axis, size: 28, ...this.ticksOfX() },
        {
          ...axis,
          size: 56,
          values: (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : formatTick(tick))),
        },
      ],
      series: [{}, ...this.series(colour)],
      hooks: {
        drawSeries: [(plot, index) => this.markNotFinite(plot, index), (plot, index) => this.markOutliers(plot, index)],
        setSelect: [(plot) => this.tellZoom(plot)],
        setCursor: [(plot) => this.followCursor(plot)],
        draw: [(plot) => this.markPin(plot)],
        ready: [(plot) => plot.over.addEventListener("click", () => this.tellPin(plot))],
      },
    };
    const plot = new uPlot(options, this.rows(), this.root);
    this.showZoom(plot);
    return plot;
  }

  private followCursor(plot: uPlot): void {
    const { idx, left = 0, top = 0 } = plot.cursor;
    const x = idx == null ? null : (plot.data[0][idx] ?? null);
    this.gestures.onCursor(x);
    // The others, whose cursor follows, say it in their tables.
    if (x === null || !plot.over.matches(":hover")) this.tooltip?.hide();
    else this.tooltipOf(plot).show(formatX(x, this.spec.xAxis), this.readings(plot, idx ?? 0, top), left, top);
  }

  private tooltipOf(plot: uPlot): Tooltip {
    this.tooltip ??= new Tooltip(plot.over);
    return this.tooltip;
  }

  private readings(plot: uPlot, index: number, top: number): Reading[] {
    const { curves } = this.spec;
    const behind = plot.series.length - 1 - curves.length;
    return curves.flatMap(({ name }, at) => {
      const value = plot.data[1 + behind + at]?.[index];
      if (value == null) return [];
      const distance = Math.abs(plot.valToPos(value, "y") - top);
      return [{ name, value, colour: String(colourOf(plot, 1 + behind + at)), distance }];
    });
  }

  private tellPin(plot: uPlot): void {
    const { idx } = plot.cursor;
    const x = idx == null ? null : plot.data[0][idx];
    if (x != null) this.gestures.onPin(x);
  }

  /** A line at the pinned place. */
  private markPin(plot: uPlot): void {
    const { pin } = this.spec;
    const { ctx, bbox } = plot;
    const left = pin === null ? -1 : plot.valToPos(pin, "x", true);
    if (left < bbox.left || left > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = getComputedStyle(this.root).getPropertyValue("--accent").trim();
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }

  private showZoom(plot: uPlot): void {
    const { zoom } = this.spec;
    if (zoom) plot.setScale("x", { min: zoom.from, max: zoom.to });
  }

  private ticksOfX(): uPlot.Axis {
    switch (this.spec.xAxis) {
      case "step":
        return { incrs: wholeIncrements(), values: (_, ticks) => ticks.map(formatTick) };
      case "elapsed":
        return { incrs: ELAPSED_INCREMENTS, values: (_, ticks) => ticks.map(formatElapsed) };
      case "time":
        return { values: (_plot, ticks, _axis, _space, step) => ticks.map((tick) => formatTime(tick, step)) };
    }
  }

  private series(colour: (token: string) => string): uPlot.Series[] {
    const lines = this.spec.strokes.map((stroke) => ({
      stroke: colour(`--series-${stroke.colour}`),
      width: 1.5,
      dash: stroke.dash,
    }));
    const behind =
      this.spec.smoothing.strength > 0 && this.spec.originals
        ? lines.map((line) => ({ ...line, alpha: FAINT, points: { show: false } }))
        : [];
    return [...behind, ...lines];
  }

  private rows(): uPlot.AlignedData {
    const raw = this.spec.curves.map((curve) =>
      this.spec.logarithmic ? { ...curve, y: curve.y.map(positive) } : curve,
    );
    const { smoothing, originals } = this.spec;
    const drawn = smoothing.strength > 0 ? raw.map((curve) => ({ ...curve, y: smoothed(curve.y, smoothing) })) : raw;
    const { x, ys } = alignCurves(smoothing.strength > 0 && originals ? [...raw, ...drawn] : drawn);
    return [x, ...ys];
  }

  /** A small triangle at the bottom for each value that has no place of its own. */
  private markNotFinite(plot: uPlot, index: number): void {
    const line = this.spec.curves.length - (plot.series.length - index);
    const curve = this.spec.curves[line];
    if (!curve || line < 0) return;
    const { ctx, bbox } = plot;
    const size = MARK * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = String(colourOf(plot, index));
    for (const { x } of notFiniteOf(curve)) {
      const left = plot.valToPos(x, "x", true);
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(left, bbox.top + bbox.height - 2 * size);
      ctx.lineTo(left - size, bbox.top + bbox.height);
      ctx.lineTo(left + size, bbox.top + bbox.height);
      ctx.fill();
    }
    ctx.restore();
  }

  /** What uPlot takes by itself, or only where most of the points in view are. */
  private rangeOfY(plot: uPlot, least: number | null, greatest: number | null): uPlot.Range.MinMax {
    const [first, last] = plot.series[0]?.idxs ?? [0, 0];
    const inView = plot.data.slice(1).map((y) => [...y].slice(first, last + 1) as Values);
    const most = this.spec.outliers ? null : extentOfMost(inView);
    const [min, max] = most ? [most.min, most.max] : [least, greatest];
    if (min === null || max === null) return [null, null];
    return this.spec.logarithmic ? uPlot.rangeLog(min, max, 10, false) : uPlot.rangeNum(min, max, 0.1, true);
  }

  /** A small triangle at the edge for each point beyond it. */
  private markOutliers(plot: uPlot, index: number): void {
    const { min, max } = plot.scales.y ?? {};
    if (this.spec.outliers || index === 0 || min == null || max == null) return;
    const { ctx, bbox } = plot;
    const size = MARK * devicePixelRatio;
    const [first, last] = plot.series[0]?.idxs ?? [0, 0];
    ctx.save();
    ctx.fillStyle = String(colourOf(plot, index));
    for (let at = first; at <= last; at++) {
      const [x, y] = [plot.data[0][at], plot.data[index]?.[at]];
      if (x == null || y == null || (y >= min && y <= max)) continue;
      const left = plot.valToPos(x, "x", true);
      const [edge, inwards] = y > max ? [bbox.top, size] : [bbox.top + bbox.height, -size];
      ctx.beginPath();
      ctx.moveTo(left, edge);
      ctx.lineTo(left - size, edge + 2 * inwards);
      ctx.lineTo(left + size, edge + 2 * inwards);
      ctx.fill();
    }
    ctx.restore();
  }

  /** Only for what is done with this chart: those whose cursor follows it get its events without these. */
  private bindings(): uPlot.Cursor.Bind {
    return {
      mousedown: (_plot, _target, handler) => (event) => {
        this.drawing = true;
        return handler(event);
      },
      mouseup: (_plot, _target, handler) => (event) => {
        handler(event); // which selects, after a drag
        this.drawing = false;
        return null;
      },
      dblclick: () => () => {
        this.gestures.onZoom(null);
        return null;
      },
    };
  }

  private tellZoom(plot: uPlot): void {
    const { left, width } = plot.select;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (this.drawing) this.gestures.onZoom({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") });
  }

  private resize(): void {
    const width = this.root.clientWidth;
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }
}

const ELAPSED_INCREMENTS = [
  0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800,
  604_800,
];

/** 1, 2, 5, 10, …: an iteration has no fractions. */
function wholeIncrements(): number[] {
  return Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
}

function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e5 || (size < 1e-3 && size > 0)) return Number(value.toPrecision(3)).toExponential().replace("e+", "e");
  return String(Number(value.toPrecision(6)));
}

function formatElapsed(seconds: number): string {
  return Number.isInteger(seconds) ? formatDuration(seconds).replace(/ 0[smh]$/, "") : `${formatTick(seconds)}s`;
}

/** A moment as exactly as the step between ticks is, in milliseconds; midnight as the date. */
function formatTime(value: number, step: number): string {
  const date = new Date(value);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= DAY || midnight) return date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  const parts = [date.getHours(), date.getMinutes(), ...(step < MINUTE ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

const MINUTE = 60_000;
const DAY = 86_400_000;

function colourOf(plot: uPlot, index: number): unknown {
  const stroke = plot.series[index]?.stroke;
  return typeof stroke === "function" ? stroke(plot, index) : stroke;
}

/** A logarithm has no place for other numbers. */
function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}
