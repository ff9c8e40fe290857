import { matcher } from "../../lib/match";
import { compareText } from "../../lib/text-order";
import { loadPlots } from "../../state/compared-tasks";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { Empty } from "../parts/empty";
import { Plot } from "../task/plots/plot";
import { Problem } from "../parts/problem";
import { SearchField } from "../parts/search-field";
import type { Compared } from "./compared";

/** The newest plots side by side, a row for each series. */
export function PlotsTab({ compared }: { compared: Compared[] }) {
  const ids = compared.map(({ task }) => task.id);
  const { data, error, reload } = useLive({
    key: ids.join(),
    version: compared.map(({ task }) => task.last_update).join(),
    load: (abort) => loadPlots(ids, abort),
    every: () => null,
  });
  if (!data.value) return error.value && <Problem error={error.value} retry={reload} />;
  if (data.value.length === 0) return <Empty>None of these tasks reported plots.</Empty>;
  const text = query.value.get("m") ?? "";
  const matches = matcher(text);
  const rows = data.value
    .map(({ title, series, plots }) => ({ name: [title, series].filter(Boolean).join(" / "), plots }))
    .filter(({ name }) => matches(name))
    .sort((a, b) => compareText(a.name, b.name));
  return (
    <>
      <div class="controls" role="group" aria-label="Plots">
        <SearchField label="Filter plots" value={text} onInput={(value) => setQuery("m", value)} />
      </div>
      {rows.map(({ name, plots }) => (
        <section key={name} aria-label={name}>
          <h2>{name}</h2>
          <div class="side-by-side" tabIndex={0} role="region" aria-label={`${name} of each task`}>
            {compared.map(({ task, label }) => {
              const plot = plots.get(task.id);
              return plot && <Plot key={task.id} name={label} iteration={plot.iter ?? 0} text={plot.plot_str ?? ""} />;
            })}
          </div>
        </section>
      ))}
    </>
  );
}
