/** What agents report of their machines, as charts. */
import type { Curve } from "./curves";

/** One number of a machine: `variant` such as `gpu0` where there are several of a kind, `dates` in seconds. */
export interface MachineNumbers {
  metric: string;
  variant: string | null;
  dates: number[];
  stats: { values: number[] }[];
}

export interface MachineChart {
  title: string;
  curves: Curve[];
}

/** Titles with the numbers they show, as sdk and agents call them: percentages, MB, MB a second. */
const CHARTS: readonly [title: string, series: Record<string, string>][] = [
  ["CPU, %", { cpu_usage: "all" }],
  ["Memory, MB", { memory_used: "used", memory_free: "free" }],
  ["GPU, %", { gpu_usage: "" }],
  ["GPU memory, MB", { gpu_memory_used: "used", gpu_memory_free: "free" }],
  ["Network, MB/s", { network_rx: "received", network_tx: "sent" }],
];

/** The charts that there are numbers for, their x in milliseconds. */
export function machineCharts(numbers: readonly MachineNumbers[]): MachineChart[] {
  return CHARTS.flatMap(([title, series]) => {
    const curves = Object.entries(series).flatMap(([metric, name]) =>
      numbers
        .filter((each) => each.metric === metric)
        .map(({ variant, dates, stats }) => ({
          name: [variant === metric ? null : variant, name].filter(Boolean).join(" ") || metric,
          x: dates.map((date) => date * 1000),
          y: stats[0]?.values ?? [],
        })),
    );
    return curves.length > 0 ? [{ title, curves }] : [];
  });
}
