/** What is compared: tasks, their curves, plots and samples. */
import type { Curve, ListedTask, PlotEvent } from "../api/types";
import { send } from "./session";

const FIELDS = [
  ...["id", "name", "type", "status", "project", "tags", "user", "comment", "created", "started", "completed"],
  ...["last_update", "last_iteration", "last_metrics", "hyperparams", "script", "container", "runtime"],
];

/** The most tasks of one request (protocol §2.0, §2.6). */
const TASKS_A_PAGE = 500;
const TASKS_OF_CURVES = 100;

/** Tasks in the order of their ids; those that do not exist are left out. @throws as `send` */
export async function loadTasks(ids: readonly string[], abort: AbortSignal): Promise<ListedTask[]> {
  const found = new Map<string, ListedTask>();
  for (const part of parts(ids, TASKS_A_PAGE)) {
    const request = { id: part, only_fields: FIELDS, page: 0, page_size: TASKS_A_PAGE, search_hidden: true };
    const { tasks } = await send("tasks.get_all", request, abort);
    for (const task of tasks) found.set(task.id, task);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** A series' curves by task id, under the names of the series. */
export interface SeriesCurves {
  title: string;
  series: string;
  curves: Map<string, Curve>;
}

/** The curves of tasks. @throws as `send` */
export async function loadCurves(
  ids: readonly string[],
  key: "iter" | "timestamp",
  samples: number,
  abort: AbortSignal,
): Promise<SeriesCurves[]> {
  const found = new Map<string, SeriesCurves>();
  for (const part of parts(ids, TASKS_OF_CURVES)) {
    const request = { tasks: part, samples, key };
    const { metrics } = await send("events.multi_task_scalar_metrics_iter_histogram", request, abort);
    for (const [title, ofTitle] of Object.entries(metrics)) {
      for (const [series, ofSeries] of Object.entries(ofTitle)) {
        const name = `${title}\n${series}`;
        const known = found.get(name) ?? { title, series, curves: new Map<string, Curve>() };
        for (const [task, curve] of Object.entries(ofSeries)) known.curves.set(task, curve);
        found.set(name, known);
      }
    }
  }
  return [...found.values()];
}

/** The newest plots of a series, by task id. */
export interface SeriesPlots {
  title: string;
  series: string;
  plots: Map<string, PlotEvent>;
}

/** The newest plots of tasks. @throws as `send` */
export async function loadPlots(ids: readonly string[], abort: AbortSignal): Promise<SeriesPlots[]> {
  const answers = [];
  for (const part of parts(ids, TASKS_OF_CURVES)) {
    answers.push(await send("events.get_multi_task_plots", { tasks: part, iters: 1, no_scroll: true }, abort));
  }
  const found = new Map<string, SeriesPlots>();
  for (const { plots } of answers) {
    for (const [title, ofTitle] of Object.entries(plots)) {
      for (const [series, ofSeries] of Object.entries(ofTitle)) {
        const name = `${title}\n${series}`;
        const known = found.get(name) ?? { title, series, plots: new Map<string, PlotEvent>() };
        for (const [task, iterations] of Object.entries(ofSeries)) {
          const plot = Object.values(iterations)[0]?.plots[0];
          if (plot) known.plots.set(task, plot);
        }
        found.set(name, known);
      }
    }
  }
  return [...found.values()];
}

function parts(ids: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    ids.slice(index * size, (index + 1) * size),
  );
}
