import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import { type Figure, parseFigure } from "../../../lib/figure";
import { FigureTableView } from "../../parts/figure-table";
import { HeatmapView } from "../../parts/heatmap";
import { Icon } from "../../parts/icon";
import { Picture } from "../../parts/picture";
import { saveText } from "../../parts/save-text";
import { PlotlyFrame } from "./plotly-frame";

export interface PlotProps {
  name: string;
  iteration: number;
  /** The figure as JSON. */
  text: string;
  /** Controls beside the name. */
  children?: ComponentChildren;
}

/** One figure that a run reported, under its name. */
export function Plot({ name, iteration, text, children }: PlotProps) {
  const figure = useMemo(() => parseFigure(text), [text]);
  return (
    <figure class="plot">
      <figcaption>
        {name} <span class="quiet">iteration {iteration}</span>
        {children}
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
    case "image":
      return <Picture address={figure.source} name={name} />;
    case "other":
      return <PlotlyFrame figure={figure.figure} name={name} />;
    case "broken":
      return <p class="quiet">This is no Plotly figure; download above what was reported.</p>;
  }
}
