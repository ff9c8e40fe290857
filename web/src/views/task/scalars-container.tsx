import { useMemo } from "preact/hooks";

import type { Curve, LastMetrics, Reporter, SingleValue } from "../../api/types";
import { type SeriesMemory, sinceStart } from "../../lib/curves";
import { matcher } from "../../lib/match";
import { isMonitor, memories } from "../../lib/metrics";
import { compareText } from "../../lib/text-order";
import type { Range } from "../../charts/line-chart";
import type { XAxis } from "../../lib/format";
import { assignStrokes, type Stroke } from "../../charts/palette";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { loadRange } from "../../state/scalars";
import { send } from "../../state/session";
import { useShortcuts } from "../../state/shortcuts";
import { CurveChart } from "../parts/curve-chart";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";
import { RawData } from "./raw-data";
import { ScalarControls, type ScalarSettings, settingsFrom, setZoom, togglePin } from "./scalar-controls";
import { SingleValues } from "./single-values";
import { WideScalars } from "./wide-scalars";

/** Points per series: about as many as a wide chart has pixels. */
const SAMPLES = 1000;

const NO_MEMORY: ReadonlyMap<string, SeriesMemory> = new Map();

interface Scalars {
  xAxis: XAxis;
  titles: { title: string; curves: Curve[]; strokes: ReadonlyMap<string, Stroke> }[];
  values: SingleValue[];
}

interface ScalarsContainerProps {
  reporter: Reporter;
  /** Changes when there may be new points. */
  version: string | null;
  /** Whether nothing more is to come. */
  final?: boolean;
  /** What the server remembers of the series. */
  metrics?: LastMetrics;
}

const NO_METRICS: LastMetrics = {};

/** One chart per title, and the values without an iteration. */
export function ScalarsContainer({ reporter, version, final = true, metrics = NO_METRICS }: ScalarsContainerProps) {
  const settings = settingsFrom(query.value);
  useShortcuts([
    { keys: "z", what: "Show the whole x axis", run: () => setZoom(null) },
    { keys: "y", what: "Logarithmic y axis", run: () => setQuery("log", settings.logarithmic ? "" : "1") },
  ]);
  const wide = Object.values(metrics).reduce((sum, series) => sum + Object.keys(series).length, 0) > MOST_AT_ONCE;
  const { data, error, reload } = useLive({
    key: `${reporter.task} ${settings.xAxis} ${wide}`,
    version,
    load: (abort) => loadScalars(reporter, settings.xAxis, wide, abort),
    every: () => null,
  });
  const scalars = data.value;
  if (!scalars) return error.value && <Problem error={error.value} retry={reload} />;
  if (wide) return <WideScalars {...{ reporter, version, metrics, settings }} values={scalars.values} />;
  if (scalars.titles.length === 0 && scalars.values.length === 0) {
    return (
      <Empty>
        {final ? "No scalars were reported." : "Waiting for the first value."}
      </Empty>
    );
  }
  return (
    <>
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <SingleValues values={scalars.values} />
      {scalars.titles.length > 0 && <Charts reporter={reporter} scalars={scalars} settings={settings} metrics={metrics} />}
    </>
  );
}

/** Curves of more series than this are loaded as they come into view. */
const MOST_AT_ONCE = 200;

async function loadScalars(reporter: Reporter, xAxis: XAxis, wide: boolean, abort: AbortSignal): Promise<Scalars> {
  const key = xAxis === "step" ? "iter" : "timestamp";
  const [curves, single] = await Promise.all([
    wide ? {} : send("events.scalar_metrics_iter_histogram", { ...reporter, samples: SAMPLES, key }, abort),
    send("events.get_task_single_value_metrics", singleValuesOf(reporter), abort),
  ]);
  return { xAxis, titles: arrange(curves, xAxis), values: single.tasks[0]?.values ?? [] };
}

function singleValuesOf({ task, ...kind }: Reporter) {
  return { tasks: [task], ...kind };
}

/** Charts in the order of their titles, the machine's last; a series' name has the same colour in all of them. */
function arrange(titles: Record<string, Record<string, Curve>>, xAxis: XAxis): Scalars["titles"] {
  const names = Object.keys(titles).sort((a, b) => Number(isMonitor(a)) - Number(isMonitor(b)) || compareText(a, b));
  const groups = names.map((title) =>
    Object.entries(titles[title] ?? {})
      .map(([name, curve]) => ({ ...curve, name }))
      .sort((a, b) => compareText(a.name, b.name)),
  );
  const shared = assignStrokes(names.flatMap((title, index) => (isMonitor(title) ? [] : seriesNames(groups[index]))));
  const shifted = xAxis === "elapsed" ? sinceStart(groups) : groups;
  return names.map((title, index) => {
    const curves = shifted[index] ?? [];
    return { title, curves, strokes: isMonitor(title) ? assignStrokes(seriesNames(curves)) : shared };
  });
}

function seriesNames(curves: Curve[] = []): string[] {
  return curves.map((curve) => curve.name);
}

interface ChartsProps {
  reporter: Reporter;
  scalars: Scalars;
  settings: ScalarSettings;
  metrics: LastMetrics;
}

function Charts({ reporter, scalars, settings, metrics }: ChartsProps) {
  const memory = useMemo(() => memories(metrics), [metrics]);
  const matches = matcher(settings.text);
  const charts = scalars.titles.flatMap((chart) =>
    settings.grouped
      ? [{ ...chart, name: chart.title }]
      : chart.curves.map((curve) => ({ ...chart, curves: [curve], name: `${chart.title} / ${curve.name}` })),
  );
  const shown = charts.filter(({ title, curves }) => [title, ...seriesNames(curves)].some(matches));
  return (
    <>
      <ScalarControls settings={settings} shown={shown.length} total={charts.length} groupable />
      <div class="chart-grid">
        {shown.map(({ name, title, curves, strokes }) => (
          <CurveChart
            key={name}
            title={name}
            curves={curves}
            strokes={strokes}
            memory={memory.get(title) ?? NO_MEMORY}
            xAxis={scalars.xAxis}
            logarithmic={settings.logarithmic}
            smoothing={settings.smoothing}
            originals={settings.originals}
            outliers={settings.outliers}
            zoom={settings.zoom}
            pin={settings.pin}
            onPin={togglePin}
            onZoom={setZoom}
            {...(scalars.xAxis === "step" && {
              refine: (range: Range, abort: AbortSignal) => loadRange(reporter, title, range, SAMPLES, abort),
            })}
          >
            <RawData reporter={reporter} title={title} />
          </CurveChart>
        ))}
      </div>
      {shown.length === 0 && <Empty>No chart is called like that.</Empty>}
    </>
  );
}
