import { useMemo, useRef } from "preact/hooks";

import type { Curve, LastMetrics, Reporter, SingleValue } from "../../api/types";
import type { Range } from "../../charts/line-chart";
import type { XAxis } from "../../lib/format";
import { assignStrokes, type Stroke } from "../../charts/palette";
import { type SeriesMemory, sinceStart } from "../../lib/curves";
import { matcher } from "../../lib/match";
import { isMonitor, memories } from "../../lib/metrics";
import { compareText } from "../../lib/text-order";
import { useLive } from "../../state/live";
import { loadRange, loadTitles } from "../../state/scalars";
import { CurveChart } from "../parts/curve-chart";
import { Empty } from "../parts/empty";
import { useInView } from "../parts/in-view";
import { Problem } from "../parts/problem";
import { RawData } from "./raw-data";
import { ScalarControls, type ScalarSettings, setZoom, togglePin } from "./scalar-controls";
import { SingleValues } from "./single-values";

/** So many charts are loaded and drawn together, when one of them comes into view. */
const TOGETHER = 6;

/** How high a chart with its table is, before it is there; pixels. */
const CHART_HEIGHT = { frame: 290, series: 24 };
const CHART_WIDTH = 420;

const SAMPLES = 500;

/** A chart that may be drawn: a title, or one of its series. */
interface Planned {
  name: string;
  title: string;
  series: string[];
}

interface WideScalarsProps {
  reporter: Reporter;
  version: string | null;
  metrics: LastMetrics;
  settings: ScalarSettings;
  values: SingleValue[];
}

/** The scalars of a task that has very many: only those on the screen are loaded. */
export function WideScalars({ reporter, version, metrics, settings, values }: WideScalarsProps) {
  const { memory, planned, strokes } = useMemo(() => plan(metrics, settings.grouped), [metrics, settings.grouped]);
  const { shown, parts } = useMemo(() => {
    const matches = matcher(settings.text);
    const shown = planned.filter(({ title, series }) => [title, ...series].some(matches));
    const count = Math.ceil(shown.length / TOGETHER);
    return { shown, parts: Array.from({ length: count }, (_, at) => shown.slice(at * TOGETHER, (at + 1) * TOGETHER)) };
  }, [planned, settings.text]);
  return (
    <>
      <SingleValues values={values} />
      <ScalarControls settings={settings} shown={shown.length} total={planned.length} groupable />
      {parts.map((charts, at) => (
        <Part key={at} {...{ reporter, version, settings, charts, memory, strokes }} />
      ))}
      {shown.length === 0 && <Empty>No chart is called like that.</Empty>}
    </>
  );
}

function plan(metrics: LastMetrics, grouped: boolean) {
  const memory = memories(metrics);
  const titles = [...memory.keys()]
    .filter((title) => title !== "Summary")
    .sort((a, b) => Number(isMonitor(a)) - Number(isMonitor(b)) || compareText(a, b));
  const planned = titles.flatMap((title): Planned[] => {
    const series = [...(memory.get(title)?.keys() ?? [])].sort(compareText);
    return grouped ? [{ name: title, title, series }] : series.map((name) => ({ name: `${title} / ${name}`, title, series: [name] }));
  });
  return { memory, planned, strokes: assignStrokes(planned.flatMap(({ series }) => series)) };
}

interface PartProps {
  reporter: Reporter;
  version: string | null;
  settings: ScalarSettings;
  charts: readonly Planned[];
  memory: ReadonlyMap<string, ReadonlyMap<string, SeriesMemory>>;
  strokes: ReadonlyMap<string, Stroke>;
}

/** Some charts below each other, which keep their place while they are not on the screen. */
function Part(props: PartProps) {
  const root = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const inView = useInView(root);
  if (inView && root.current) height.current = root.current.offsetHeight;
  const columns = Math.max(1, Math.floor((root.current?.clientWidth ?? innerWidth) / CHART_WIDTH));
  const rows = Math.ceil(props.charts.length / columns);
  const most = Math.max(...props.charts.map(({ series }) => series.length));
  const expected = rows * (CHART_HEIGHT.frame + most * CHART_HEIGHT.series);
  return (
    <div ref={root} class="chart-part" style={{ minHeight: inView ? undefined : `${height.current || expected}px` }}>
      {inView && <Charts {...props} expected={height.current || expected} />}
    </div>
  );
}

function Charts({ reporter, version, settings, charts, memory, strokes, expected }: PartProps & { expected: number }) {
  const { xAxis } = settings;
  const titles = [...new Set(charts.map(({ title }) => title))];
  const { data, error, reload } = useLive({
    key: `${reporter.task} ${xAxis} ${titles.join("\n")}`,
    version,
    load: async (abort) => ({ xAxis, titles: await loadTitles(reporter, titles, xAxis === "step" ? "iter" : "timestamp", SAMPLES, abort) }),
    every: () => null,
  });
  const loaded = data.value;
  const curves = useMemo(() => loaded && charts.map((chart) => curvesOf(chart, loaded.titles, loaded.xAxis)), [loaded, charts]);
  if (error.value) return <Problem error={error.value} retry={reload} />;
  if (!loaded || !curves) return <div style={{ height: `${expected}px` }} />;
  return (
    <div class="chart-grid">
      {charts.map(({ name, title }, at) => (
        <CurveChart
          key={name}
          title={name}
          curves={curves[at] ?? []}
          strokes={strokes}
          memory={memory.get(title) ?? NO_MEMORY}
          xAxis={loaded.xAxis}
          logarithmic={settings.logarithmic}
          smoothing={settings.smoothing}
          originals={settings.originals}
          outliers={settings.outliers}
          zoom={settings.zoom}
          pin={settings.pin}
          onPin={togglePin}
          onZoom={setZoom}
          {...(loaded.xAxis === "step" && {
            refine: (range: Range, abort: AbortSignal) => loadRange(reporter, title, range, SAMPLES, abort),
          })}
        >
          <RawData reporter={reporter} title={title} />
        </CurveChart>
      ))}
    </div>
  );
}

const NO_MEMORY: ReadonlyMap<string, SeriesMemory> = new Map();

function curvesOf({ title, series }: Planned, titles: Record<string, Record<string, Curve>>, xAxis: XAxis): Curve[] {
  const curves = series.flatMap((name) => {
    const curve = titles[title]?.[name];
    return curve ? [{ ...curve, name }] : [];
  });
  return xAxis === "elapsed" ? (sinceStart([curves])[0] ?? []) : curves;
}
