import { assignStrokes, type Stroke } from "../../charts/palette";
import type { ListedTask } from "../../api/types";
import { type Facts, flatten } from "../../lib/differences";
import { listMetrics, metricName } from "../../lib/metrics";

/** A task in a comparison. */
export interface Compared {
  task: ListedTask;
  /** Its name, made unlike the others' by its id where they share it. */
  label: string;
  stroke: Stroke;
}

/** Tasks with labels and strokes of their own. */
export function makeCompared(tasks: readonly ListedTask[]): Compared[] {
  const isShared = ({ id, name }: ListedTask) => tasks.some((other) => other.name === name && other.id !== id);
  const labels = tasks.map((task) => (isShared(task) ? `${task.name} (${task.id.slice(0, 6)})` : task.name));
  // In the tasks' order, so that the first ones have the first colours.
  const strokes = [...assignStrokes(labels.map((_, index) => String(index).padStart(6, "0"))).values()];
  return tasks.map((task, index) => ({
    task,
    label: labels[index] ?? task.id,
    stroke: strokes[index] ?? { colour: 1, dash: [] },
  }));
}

/** Hyperparameters as `Section/name`. */
export function parametersOf(task: ListedTask): Facts {
  const sections = Object.entries(task.hyperparams ?? {});
  return new Map(
    sections.flatMap(([section, parameters]) =>
      Object.values(parameters).map(({ name, value }): [string, string] => [`${section}/${name}`, value ?? ""]),
    ),
  );
}

/** What was run, where and by whom. */
export function detailsOf(task: ListedTask): Facts {
  const { type, status, user, tags, comment, last_iteration: iteration, script, container, runtime } = task;
  return flatten({ type, status, user, tags, comment, iteration, script, container, runtime });
}

export type Which = "last" | "min" | "max";

/** A metric's values of a task by their names. */
export function metricsOf(task: ListedTask, which: Which): Map<string, number | null> {
  return new Map(
    listMetrics(task.last_metrics ?? {}).map((metric) => {
      const value = { last: metric.value, min: metric.min_value, max: metric.max_value }[which];
      return [metricName(metric), value ?? null];
    }),
  );
}
