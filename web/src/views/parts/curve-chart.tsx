import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { LineChart, type LineChartSpec, type XAxis } from "../../charts/line-chart";
import type { Stroke } from "../../charts/palette";
import { type Curve, type SeriesMemory, summarise } from "../../lib/curves";
import { formatCount, formatNumber } from "../../lib/format";
import { CurveLegend, formatX, type LegendEntry } from "./curve-legend";
import { useInView } from "./in-view";

interface CurveChartProps {
  title: string;
  curves: Curve[];
  strokes: ReadonlyMap<string, Stroke>;
  /** What is known of the series' true values, by name. */
  memory: ReadonlyMap<string, SeriesMemory>;
  xAxis: XAxis;
  logarithmic: boolean;
  smoothing: number;
}

const PLAIN: Stroke = { colour: 1, dash: [] };

/** A chart of one title, with a table below that says the same in numbers and follows the cursor. */
export function CurveChart({ title, curves, strokes, memory, xAxis, logarithmic, smoothing }: CurveChartProps) {
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const cursor = useSignal<number | null>(null);
  const entries: LegendEntry[] = useMemo(
    () =>
      curves.map((curve) => ({
        curve,
        summary: summarise(curve, memory.get(curve.name)),
        stroke: strokes.get(curve.name) ?? PLAIN,
      })),
    [curves, strokes, memory],
  );
  const spec: LineChartSpec = useMemo(() => {
    const visible = curves.filter((curve) => !hidden.value.has(curve.name));
    return {
      curves: visible,
      strokes: visible.map((curve) => strokes.get(curve.name) ?? PLAIN),
      xAxis,
      logarithmic,
      smoothing,
    };
  }, [curves, strokes, hidden.value, xAxis, logarithmic, smoothing]);

  const toggle = (name: string) => {
    const names = new Set(hidden.value);
    if (!names.delete(name)) names.add(name);
    hidden.value = names;
  };

  return (
    <figure class="chart">
      <figcaption>{title.replace(/^:monitor:/, "")}</figcaption>
      <Canvas spec={spec} summary={inWords(title, entries, xAxis)} onCursor={(x) => (cursor.value = x)} />
      <CurveLegend entries={entries} hidden={hidden.value} cursor={cursor} xAxis={xAxis} toggle={toggle} />
      <Remarks entries={entries} logarithmic={logarithmic} />
    </figure>
  );
}

interface CanvasProps {
  spec: LineChartSpec;
  summary: string;
  onCursor: (x: number | null) => void;
}

/** The drawing itself; it exists only while it is on the screen. */
function Canvas({ spec, summary, onCursor }: CanvasProps) {
  const root = useRef<HTMLDivElement>(null);
  const chart = useRef<LineChart | null>(null);
  const inView = useInView(root);

  useEffect(() => {
    if (!inView || !root.current) return;
    chart.current = new LineChart(root.current, spec, onCursor);
    return () => {
      chart.current?.destroy();
      chart.current = null;
    };
  }, [inView]);
  useEffect(() => chart.current?.update(spec), [spec]);

  return <div ref={root} class="chart-canvas" role="img" aria-label={summary} />;
}

/** What the picture does not show is said. */
function Remarks({ entries, logarithmic }: { entries: LegendEntry[]; logarithmic: boolean }) {
  const notFinite = entries.reduce((sum, { summary }) => sum + summary.notFinite, 0);
  const hidden = logarithmic
    ? entries.flatMap(({ curve }) => curve.y).filter((value) => value !== null && value <= 0).length
    : 0;
  const averaged = entries.some(({ summary }) => summary.points > summary.drawn);
  if (notFinite === 0 && hidden === 0 && !averaged) return null;
  return (
    <p class="quiet remarks">
      {averaged && "More points than pixels: the curve shows means, the table exact values. "}
      {notFinite > 0 && `${formatCount(notFinite, "value")} not finite. `}
      {hidden > 0 && `${formatCount(hidden, "value")} not above zero, hidden by the logarithmic axis.`}
    </p>
  );
}

/** The chart for those who do not see it: how each curve ends, and between which values it runs. */
function inWords(title: string, entries: LegendEntry[], xAxis: XAxis): string {
  // Extremes are known by iteration only.
  const at = (x: number | null) => (x === null || xAxis !== "step" ? "" : ` at ${formatX(x, xAxis)}`);
  const series = entries.map(
    ({ curve, summary: { last, min, minAt, max, maxAt } }) =>
      `${curve.name}: last ${formatNumber(last)}, min ${formatNumber(min)}${at(minAt)}, max ${formatNumber(max)}${at(maxAt)}`,
  );
  return `${title}, ${formatCount(entries.length, "curve")}. ${series.join(". ")}.`;
}
