import { useMemo } from "preact/hooks";

import type { Curve } from "../../api/types";
import type { XAxis } from "../../lib/format";
import { type SeriesMemory, sinceStart } from "../../lib/curves";
import { matcher } from "../../lib/match";
import { isMonitor } from "../../lib/metrics";
import { compareText } from "../../lib/text-order";
import { loadCurves, type SeriesCurves } from "../../state/compared-tasks";
import { useLive } from "../../state/live";
import { query } from "../../state/location";
import { CurveChart } from "../parts/curve-chart";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";
import { ScalarControls, settingsFrom, setZoom, togglePin } from "../task/scalar-controls";
import type { Compared } from "./compared";

/** Points of each curve; there are many curves. */
const SAMPLES = 500;

const NO_MEMORY: ReadonlyMap<string, SeriesMemory> = new Map();

/** One chart for each series that any of the tasks reported, with a curve for each task. */
export function ScalarsTab({ compared }: { compared: Compared[] }) {
  const settings = settingsFrom(query.value);
  const ids = compared.map(({ task }) => task.id);
  const { data, error, reload } = useLive({
    key: `${ids.join()} ${settings.xAxis}`,
    version: compared.map(({ task }) => task.last_update).join(),
    load: async (abort) => ({
      xAxis: settings.xAxis,
      series: await loadCurves(ids, settings.xAxis === "step" ? "iter" : "timestamp", SAMPLES, abort),
    }),
    every: () => null,
  });
  const charts = useMemo(
    () => (data.value ? arrange(data.value.series, compared, data.value.xAxis) : []),
    [data.value, compared],
  );
  const strokes = useMemo(() => new Map(compared.map(({ label, stroke }) => [label, stroke])), [compared]);
  if (!data.value) return error.value && <Problem error={error.value} retry={reload} />;
  if (charts.length === 0) return <Empty>None of these tasks reported scalars.</Empty>;

  const matches = matcher(settings.text);
  const shown = charts.filter(({ name }) => matches(name));
  return (
    <>
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <ScalarControls settings={settings} shown={shown.length} total={charts.length} />
      <div class="chart-grid">
        {shown.map(({ name, curves }) => (
          <CurveChart
            key={name}
            title={name}
            curves={curves}
            strokes={strokes}
            memory={NO_MEMORY}
            xAxis={data.value?.xAxis ?? "step"}
            logarithmic={settings.logarithmic}
            smoothing={settings.smoothing}
            originals={settings.originals}
            outliers={settings.outliers}
            zoom={settings.zoom}
            pin={settings.pin}
            onPin={togglePin}
            onZoom={setZoom}
          />
        ))}
      </div>
      {shown.length === 0 && <Empty>No chart is called like that.</Empty>}
    </>
  );
}

interface Chart {
  name: string;
  curves: Curve[];
}

/** The charts by name, the machine's last. Relative time begins for each task with its own first point. */
function arrange(series: SeriesCurves[], compared: Compared[], xAxis: XAxis): Chart[] {
  return [...series]
    .sort(
      (a, b) =>
        Number(isMonitor(a.title)) - Number(isMonitor(b.title)) ||
        compareText(a.title, b.title) ||
        compareText(a.series, b.series),
    )
    .map(({ title, series: name, curves }) => ({
      name: `${title} / ${name}`,
      curves: compared.flatMap(({ task, label }) => {
        const curve = curves.get(task.id);
        if (!curve) return [];
        const [shifted = []] = xAxis === "elapsed" ? sinceStart([[curve]]) : [[curve]];
        return shifted.map((shown) => ({ ...shown, name: label }));
      }),
    }));
}
