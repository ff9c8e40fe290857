/** Names of metrics and parameters, and where the metrics are in a task's document. */
import { signal } from "@preact/signals";

import type { LastMetrics } from "../api/types";
import { metricName } from "../lib/metrics";
import type { MetricPaths } from "../lib/task-query";
import { compareText } from "../lib/text-order";
import { send } from "./session";

/** Paths of the metrics met so far, by name. */
export const metricPaths = signal<MetricPaths>(new Map());

/** Remember where a task's metrics are. */
export function learnPaths(metrics: LastMetrics): void {
  const found = Object.entries(metrics).flatMap(([title, variants]) =>
    Object.entries(variants).map(([series, metric]) => [metricName(metric), `last_metrics.${title}.${series}`] as const),
  );
  remember(found);
}

export interface Names {
  metrics: string[];
  /** `section/name` each. */
  parameters: string[];
}

/** All names in a project and below it, or everywhere. @throws as `send` */
export async function loadNames(project: string | null, abort?: AbortSignal): Promise<Names> {
  const wanted = project === null ? {} : { project };
  const [{ metrics }, { parameters }] = await Promise.all([
    send("projects.get_unique_metric_variants", wanted, abort),
    send("projects.get_hyper_parameters", { ...wanted, page: 0, page_size: MOST_PARAMETERS }, abort),
  ]);
  const paths = metrics.map(
    (each) => [metricName(each), `last_metrics.${each.metric_hash}.${each.variant_hash}`] as const,
  );
  remember(paths);
  return {
    metrics: paths.map(([name]) => name).sort(compareText),
    parameters: parameters.map(({ section, name }) => `${section}/${name}`).sort(compareText),
  };
}

const MOST_PARAMETERS = 10_000;

function remember(found: readonly (readonly [string, string])[]): void {
  const known = metricPaths.peek();
  if (found.some(([name]) => !known.has(name))) metricPaths.value = new Map([...known, ...found]);
}
