/** Plots of a task or a model: the newest of each series, and step by step the others. */
import type { PlotEvent, Reporter } from "../api/types";
import { send } from "./session";

/** The newest plot of each title and series. @throws as `send` */
export async function newestPlots(reporter: Reporter, abort: AbortSignal): Promise<PlotEvent[]> {
  return (await send("events.get_task_plots", { ...reporter, iters: 1, no_scroll: true }, abort)).plots;
}

/** The plot of the same series in the iteration before or after; `null` at the end. @throws as `send` */
export async function plotBeside(reporter: Reporter, plot: PlotEvent, earlier: boolean): Promise<PlotEvent | null> {
  const { metric = "", variant, iter: iteration = 0 } = plot;
  const here = await send("events.get_plot_sample", { ...reporter, metric, iteration });
  if (here.scroll_id === null) return null;
  const next = { ...reporter, scroll_id: here.scroll_id, navigate_earlier: earlier, next_iteration: true };
  const { events } = await send("events.next_plot_sample", next);
  return events.find((event) => event.variant === variant) ?? null;
}
