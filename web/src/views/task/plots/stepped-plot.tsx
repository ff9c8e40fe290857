import { useSignal } from "@preact/signals";

import type { PlotEvent, Reporter } from "../../../api/types";
import { plotBeside } from "../../../state/plots";
import { Plot } from "./plot";

interface SteppedPlotProps {
  reporter: Reporter;
  newest: PlotEvent;
  name: string;
}

/** The newest plot of a series, and by buttons or arrow keys those of its other iterations. */
export function SteppedPlot({ reporter, newest, name }: SteppedPlotProps) {
  const chosen = useSignal<PlotEvent | null>(null);
  const remark = useSignal("");
  const plot = chosen.value ?? newest;

  const step = async (earlier: boolean) => {
    try {
      const beside = await plotBeside(reporter, plot, earlier);
      remark.value = beside ? "" : earlier ? "the first" : "the newest";
      if (beside) chosen.value = beside.iter === newest.iter ? null : beside;
    } catch (problem) {
      remark.value = String(problem);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    void step(event.key === "ArrowLeft");
  };
  return (
    <Plot name={name} iteration={plot.iter ?? 0} text={plot.plot_str ?? ""}>
      <span class="steps" role="group" aria-label={`Iterations of ${name}`} onKeyDown={onKeyDown}>
        <button type="button" class="button-plain" aria-label="Earlier iteration" onClick={() => void step(true)}>
          ‹
        </button>
        <button type="button" class="button-plain" aria-label="Later iteration" onClick={() => void step(false)}>
          ›
        </button>
        <span class="quiet" role="status">
          {remark.value}
        </span>
      </span>
    </Plot>
  );
}
