import type { PlotEvent, Reporter } from "../../../api/types";
import { formatCount } from "../../../lib/format";
import { matcher } from "../../../lib/match";
import { useLive } from "../../../state/live";
import { query, setQuery } from "../../../state/location";
import { newestPlots } from "../../../state/plots";
import { Empty } from "../../parts/empty";
import { Problem } from "../../parts/problem";
import { SearchField } from "../../parts/search-field";
import { SteppedPlot } from "./stepped-plot";

interface PlotsContainerProps {
  reporter: Reporter;
  /** Changes when there may be new plots. */
  version: string | null;
}

/** The plots of a task or a model, each with its newest iteration first. */
export function PlotsContainer({ reporter, version }: PlotsContainerProps) {
  const { data, error, reload } = useLive({
    key: reporter.task,
    version,
    load: (abort) => newestPlots(reporter, abort),
    every: () => null,
  });
  if (!data.value) return error.value && <Problem error={error.value} retry={reload} />;
  if (data.value.length === 0) return <Empty>No plots were reported.</Empty>;

  const text = query.value.get("m") ?? "";
  const matches = matcher(text);
  const shown = data.value.filter((plot) => matches(plotName(plot)));
  return (
    <>
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="controls" role="group" aria-label="Plots">
        <SearchField label="Filter plots" value={text} onInput={(value) => setQuery("m", value)} />
        <span class="quiet" role="status">
          {formatCount(shown.length, "plot")}
        </span>
      </div>
      <div class="plots">
        {shown.map((plot) => (
          <SteppedPlot key={plotName(plot)} reporter={reporter} newest={plot} name={plotName(plot)} />
        ))}
      </div>
    </>
  );
}

function plotName(plot: PlotEvent): string {
  return [plot.metric, plot.variant].filter(Boolean).join(" / ");
}
