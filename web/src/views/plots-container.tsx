import { useMemo } from "preact/hooks";

import type { PlotEvent, Task } from "../api/types";
import { type Figure, parseFigure } from "../lib/figure";
import { useLive } from "../state/live";
import { send } from "../state/session";
import { Empty } from "./empty";
import { FigureTableView } from "./figure-table";
import { HeatmapView } from "./heatmap";
import { Icon } from "./icon";
import { Problem } from "./problem";
import { saveText } from "./save-text";

/** The newest plot of each title and series. */
export function PlotsContainer({ task }: { task: Task }) {
  const { data, error, reload } = useLive({
    key: task.id,
    version: task.last_update,
    load: async (abort) =>
      (await send("events.get_task_plots", { task: task.id, iters: 1, no_scroll: true }, abort)).plots,
    every: () => null,
  });
  if (!data.value) return error.value && <Problem error={error.value} retry={reload} />;
  if (data.value.length === 0) return <Empty>This task has no plots.</Empty>;
  return (
    <div class="plots">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      {data.value.map((plot) => (
        <Plot key={`${plot.metric}\n${plot.variant}`} plot={plot} />
      ))}
    </div>
  );
}

function Plot({ plot }: { plot: PlotEvent }) {
  const text = plot.plot_str ?? "";
  const figure = useMemo(() => parseFigure(text), [text]);
  const name = [plot.metric, plot.variant].filter(Boolean).join(" / ");
  return (
    <figure class="plot">
      <figcaption>
        {name} <span class="quiet">iteration {plot.iter ?? 0}</span>
        <button
          type="button"
          class="button-plain"
          title="Download the figure as JSON"
          aria-label={`Download ${name} as JSON`}
          onClick={() => saveText(`${name.replace(/[^\w-]+/g, "_")}.json`, text, "application/json")}
        >
          <Icon name="download" />
        </button>
      </figcaption>
      <FigureView figure={figure} name={name} />
    </figure>
  );
}

function FigureView({ figure, name }: { figure: Figure; name: string }) {
  switch (figure.kind) {
    case "heatmap":
      return <HeatmapView heatmap={figure} name={name} />;
    case "table":
      return <FigureTableView table={figure} name={name} />;
    case "other":
      return (
        <p class="quiet">
          A Plotly figure{figure.types.length > 0 && ` (${[...new Set(figure.types)].join(", ")})`}. This page does not
          draw it yet; download it as JSON above.
        </p>
      );
  }
}
