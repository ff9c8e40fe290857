import type { SampleEvent } from "../../api/types";
import { matcher } from "../../lib/match";
import { compareText } from "../../lib/text-order";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { newestSamples } from "../../state/samples";
import { Empty } from "../parts/empty";
import { FileView } from "../task/files/file-view";
import { Problem } from "../parts/problem";
import { sampleName } from "../task/samples/place";
import { SearchField } from "../parts/search-field";
import type { Compared } from "./compared";

/** The newest samples side by side, a row for each series. */
export function SamplesTab({ compared }: { compared: Compared[] }) {
  const ids = compared.map(({ task }) => task.id);
  const { data, error, reload } = useLive({
    key: ids.join(),
    version: compared.map(({ task }) => task.last_update).join(),
    load: (abort) => Promise.all(ids.map((task) => newestOfEachSeries(task, abort))),
    every: () => null,
  });
  if (!data.value) return error.value && <Problem error={error.value} retry={reload} />;
  const text = query.value.get("m") ?? "";
  const names = [...new Set(data.value.flatMap((samples) => [...samples.keys()]))].sort(compareText);
  if (names.length === 0) return <Empty>None of these tasks reported debug samples.</Empty>;
  return (
    <>
      <div class="controls" role="group" aria-label="Samples">
        <SearchField label="Filter samples" value={text} onInput={(value) => setQuery("m", value)} />
      </div>
      {names.filter(matcher(text)).map((name) => (
        <section key={name} aria-label={name}>
          <h2>{name}</h2>
          <div class="samples">
            {compared.map(({ task, label }, index) => {
              const sample = data.value?.[index]?.get(name);
              return (
                sample && (
                  <figure key={task.id} class="sample">
                    <FileView uri={sample.url ?? ""} name={`${name} of ${label} at ${sample.iter}`} />
                    <figcaption>
                      {label} <span class="quiet">iteration {sample.iter}</span>
                    </figcaption>
                  </figure>
                )
              );
            })}
          </div>
        </section>
      ))}
    </>
  );
}

async function newestOfEachSeries(task: string, abort: AbortSignal): Promise<Map<string, SampleEvent>> {
  const { iterations } = await newestSamples({ task }, abort);
  // The newest come first, so that going backwards the last one that is set is the newest.
  const events = iterations.flatMap((page) => page.events).reverse();
  return new Map(events.map((event) => [sampleName(event), event]));
}
