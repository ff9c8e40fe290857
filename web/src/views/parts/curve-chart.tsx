import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { LineChart, type LineChartGestures, type LineChartSpec, type Range } from "../../charts/line-chart";
import type { Stroke } from "../../charts/palette";
import { inTurn, leaveTurn } from "../../charts/turns";
import { type Curve, notFiniteOf, refined, type SeriesMemory, summarise } from "../../lib/curves";
import { formatCount, formatNumber, formatX, type XAxis } from "../../lib/format";
import type { Smoothing } from "../../lib/smoothing";
import { useLive } from "../../state/live";
import { CurveLegend, type LegendEntry } from "./curve-legend";
import { useInView } from "./in-view";

interface CurveChartProps {
  title: string;
  curves: Curve[];
  strokes: ReadonlyMap<string, Stroke>;
  /** What is known of the series' true values, by name. */
  memory: ReadonlyMap<string, SeriesMemory>;
  xAxis: XAxis;
  logarithmic: boolean;
  smoothing: Smoothing;
  originals: boolean;
  /** Whether the y axis shows all points, or only where most of them are. */
  outliers: boolean;
  /** Asks for the points of a part of the x axis, where curves are drawn from fewer points than there are. */
  refine?: (range: Range, abort: AbortSignal) => Promise<Curve[]>;
  /** The part of the x axis that is shown; `null` is the whole. */
  zoom: Range | null;
  /** Gets the part that the user wants to see. */
  onZoom: (range: Range | null) => void;
  /** A place on the x axis that is marked in the picture and told in the table; `null` for none. */
  pin?: number | null;
  /** Gets the place that the user clicks. */
  onPin?: (x: number) => void;
  /** Controls beside the title. */
  children?: ComponentChildren;
}

/** A curve with fewer points is not a sample of a longer one. */
const FEWEST_SAMPLED = 500;

const PLAIN: Stroke = { colour: 1, dash: [] };

/** A chart of one title, with a table below that says the same in numbers and follows the cursor. */
export function CurveChart(props: CurveChartProps) {
  const { title, strokes, memory, xAxis, logarithmic, smoothing, originals, outliers, zoom, onZoom, pin = null, onPin } = props;
  const curves = useRefined(props.curves, zoom, props.refine);
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const cursor = useSignal<number | null>(null);
  const entries: LegendEntry[] = useMemo(
    () =>
      props.curves.map((curve) => ({
        curve,
        summary: summarise(curve, memory.get(curve.name)),
        stroke: strokes.get(curve.name) ?? PLAIN,
      })),
    [props.curves, strokes, memory],
  );
  const spec: LineChartSpec = useMemo(() => {
    const visible = curves.filter((curve) => !hidden.value.has(curve.name));
    return {
      curves: visible,
      strokes: visible.map((curve) => strokes.get(curve.name) ?? PLAIN),
      xAxis,
      logarithmic,
      smoothing,
      originals,
      outliers,
      zoom,
      pin,
    };
  }, [curves, strokes, hidden.value, xAxis, logarithmic, smoothing.kind, smoothing.strength, originals, outliers, zoom?.from, zoom?.to, pin]);

  const toggle = (name: string) => {
    const names = new Set(hidden.value);
    if (!names.delete(name)) names.add(name);
    hidden.value = names;
  };

  return (
    <figure class="chart">
      <figcaption>
        {title.replace(/^:monitor:/, "")} {props.children}
      </figcaption>
      <Canvas
        spec={spec}
        summary={inWords(title, entries, xAxis)}
        gestures={{ onCursor: (x) => void (cursor.value = x), onZoom, onPin: (x) => onPin?.(x) }}
      />
      <CurveLegend entries={entries} hidden={hidden.value} cursor={cursor} pin={pin} xAxis={xAxis} toggle={toggle} />
      <Remarks entries={entries} logarithmic={logarithmic} />
    </figure>
  );
}

/** The curves, with all points of the part that the user zoomed to as soon as they have come. */
function useRefined(curves: Curve[], range: Range | null, refine: CurveChartProps["refine"]): Curve[] {
  const wanted = refine && range && curves.some((curve) => curve.x.length >= FEWEST_SAMPLED) ? range : null;
  const { data } = useLive({
    key: wanted ? `${wanted.from} ${wanted.to}` : "",
    load: async (abort) => wanted && refine && { range: wanted, fine: await refine(wanted, abort) },
    every: () => null,
  });
  const loaded = data.value;
  return useMemo(() => {
    if (!wanted || !loaded || loaded.range.from !== wanted.from || loaded.range.to !== wanted.to) return curves;
    return curves.map((curve) => {
      const fine = loaded.fine.find(({ name }) => name === curve.name);
      return fine ? refined(curve, fine, wanted.from, wanted.to) : curve;
    });
  }, [curves, loaded, wanted?.from, wanted?.to]);
}

interface CanvasProps {
  spec: LineChartSpec;
  summary: string;
  gestures: LineChartGestures;
}

/** The drawing itself; it exists only while it is on the screen. */
function Canvas({ spec, summary, gestures }: CanvasProps) {
  const root = useRef<HTMLDivElement>(null);
  const chart = useRef<LineChart | null>(null);
  const inView = useInView(root);

  useEffect(() => {
    if (!inView || !root.current) return;
    chart.current = new LineChart(root.current, spec, gestures);
    return () => {
      leaveTurn(chart);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [inView]);
  useEffect(() => inTurn(chart, () => chart.current?.update(spec)), [spec]);

  return <div ref={root} class="chart-canvas" role="img" aria-label={summary} />;
}

/** What the picture does not show is said. */
function Remarks({ entries, logarithmic }: { entries: LegendEntry[]; logarithmic: boolean }) {
  const notFinite = entries.flatMap(({ curve }) => notFiniteOf(curve));
  const hidden = logarithmic
    ? entries.flatMap(({ curve }) => curve.y).filter((value) => value !== null && value <= 0).length
    : 0;
  const averaged = entries.some(({ summary }) => summary.points > summary.drawn);
  if (notFinite.length === 0 && hidden === 0 && !averaged) return null;
  return (
    <p class="quiet remarks">
      {averaged && "More points than pixels: the curve shows means, the table exact values. "}
      {notFinite.length > 0 && `${formatCount(notFinite.length, "value")} not finite: ${named(notFinite)}. `}
      {hidden > 0 && `${formatCount(hidden, "value")} not above zero, hidden by the logarithmic axis.`}
    </p>
  );
}

/** The first few values that no line shows, by what they are and where. */
function named(values: { x: number; text: string }[]): string {
  const few = values.slice(0, 5).map(({ x, text }) => `${text} at ${x}`);
  return few.join(", ") + (values.length > few.length ? ", …" : "");
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
