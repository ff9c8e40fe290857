/** Last values of metrics, and which of them deserve a column. */

import type { SeriesMemory } from "./curves";
import { compareText } from "./text-order";

export interface Metric {
  metric: string;
  variant: string;
  value?: number | null;
}

/** The protocol's map of maps of last metrics. */
export type MetricTree<M extends Metric> = Record<string, Record<string, M>>;

/** Titles under which the machine is monitored; interesting, but never the point of a run (protocol §2.6). */
export function isMonitor(title: string): boolean {
  return title.startsWith(":monitor:");
}

/** How a metric is called in one line; single values are known by their own name (protocol §2.6). */
export function metricName(metric: Metric): string {
  if (metric.metric === "Summary") return metric.variant;
  return metric.variant === "" || metric.variant === metric.metric
    ? metric.metric
    : `${metric.metric} / ${metric.variant}`;
}

/** All metrics of a task but those of the machine, by name. */
export function listMetrics<M extends Metric>(tree: MetricTree<M>): M[] {
  return Object.values(tree)
    .flatMap((variants) => Object.values(variants))
    .filter((metric) => !isMonitor(metric.metric))
    .sort((a, b) => compareText(metricName(a), metricName(b)));
}

/**
 * Names of the metrics that get a column: those already shown, then those that most tasks have, validation first.
 *
 * @param tasks the names of each task's metrics
 * @param shown columns on the screen, which stay where they are
 */
export function chooseColumns(
  tasks: readonly (readonly string[])[],
  shown: readonly string[],
  limit: number,
): string[] {
  const counts = new Map<string, number>();
  for (const name of tasks.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const candidates = [...counts.keys()]
    .filter((name) => !shown.includes(name))
    .sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || weight(b) - weight(a) || compareText(a, b));
  return [...shown, ...candidates].slice(0, Math.max(limit, shown.length));
}

/** People compare runs by what they did not train on. */
function weight(name: string): number {
  return /val|test|eval/i.test(name) ? 1 : 0;
}

/** What the server remembers of the series of each title. */
export function memories<M extends Metric & SeriesMemory>(metrics: MetricTree<M>): Map<string, Map<string, SeriesMemory>> {
  const titles = Object.values(metrics).map((series) => Object.values(series));
  return new Map(
    titles.flatMap((series) =>
      series.slice(0, 1).map(({ metric }) => [metric, new Map(series.map((item) => [item.variant, item]))]),
    ),
  );
}
