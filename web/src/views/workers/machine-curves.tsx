import { useMemo } from "preact/hooks";

import { assignStrokes } from "../../charts/palette";
import { machineCharts } from "../../lib/machine-charts";
import { useLive } from "../../state/live";
import { send } from "../../state/session";
import { CurveChart } from "../parts/curve-chart";
import { Problem } from "../parts/problem";

const EVERY = 30_000;

/** Points of a curve. */
const POINTS = 240;

/** Of many processors' numbers the mean is shown, but each graphics processor by itself. */
const TOGETHER = ["cpu_usage", "memory_used", "memory_free", "network_rx", "network_tx"];
const APART = ["gpu_usage", "gpu_memory_used", "gpu_memory_free"];

/** Processors, memory and network of a machine over the last so many seconds. */
export function MachineCurves({ worker, seconds }: { worker: string; seconds: number }) {
  const { data, error, reload } = useLive({
    key: `${worker} ${seconds}`,
    load: async (abort) => {
      const until = Math.ceil(Date.now() / 1000);
      const ask = async (keys: string[], split_by_variant: boolean) => {
        const items = keys.map((key) => ({ key }));
        const interval = Math.max(Math.ceil(seconds / POINTS), 1);
        const span = { from_date: until - seconds, to_date: until, interval };
        const answer = await send("workers.get_stats", { worker_ids: [worker], items, split_by_variant, ...span }, abort);
        return answer.workers[0]?.metrics ?? [];
      };
      return (await Promise.all([ask(TOGETHER, false), ask(APART, true)])).flat();
    },
    every: () => EVERY,
  });
  const charts = useMemo(() => machineCharts(data.value ?? []), [data.value]);
  if (error.value && !data.value) return <Problem error={error.value} retry={reload} />;
  if (data.value && charts.length === 0) return <p class="quiet">Nothing was reported of the machine in this time.</p>;
  return (
    <div class="chart-grid">
      {charts.map(({ title, curves }) => (
        <CurveChart
          key={title}
          title={title}
          curves={curves}
          strokes={assignStrokes(curves.map(({ name }) => name))}
          memory={NO_MEMORY}
          xAxis="time"
          logarithmic={false}
          smoothing={PLAIN}
          originals={false}
          outliers
          zoom={null}
          onZoom={() => undefined}
        />
      ))}
    </div>
  );
}

const NO_MEMORY = new Map();
const PLAIN = { kind: "ema", strength: 0 } as const;
