import { useSignal } from "@preact/signals";

import type { Reporter, SampleEvent } from "../../../api/types";
import { matcher } from "../../../lib/match";
import { useLive } from "../../../state/live";
import { query, setQuery } from "../../../state/location";
import { earlierSamples, newestSamples, type SamplePages } from "../../../state/samples";
import { Empty } from "../../parts/empty";
import { FileView } from "../files/file-view";
import { Problem } from "../../parts/problem";
import { SearchField } from "../../parts/search-field";
import { openSample, placeFrom, sampleName } from "./place";
import { SampleViewer } from "./sample-viewer";

interface SamplesContainerProps {
  reporter: Reporter;
  /** Changes when there may be new samples. */
  version: string | null;
}

/** Debug samples by iteration, the newest first; the address says which of them is open. */
export function SamplesContainer({ reporter, version }: SamplesContainerProps) {
  // What the user has paged to stays, and stays in its place.
  const paged = useSignal<SamplePages | null>(null);
  const { data, error, reload } = useLive({
    key: reporter.task,
    version,
    load: (abort) => newestSamples(reporter, abort),
    every: () => null,
  });
  const pages = merged(data.value, paged.value);
  const open = placeFrom(query.value);
  if (!pages) return error.value && <Problem error={error.value} retry={reload} />;
  if (pages.iterations.length === 0) return <Empty>No debug samples were reported.</Empty>;

  const text = query.value.get("m") ?? "";
  const matches = matcher(text);
  return (
    <>
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="controls" role="group" aria-label="Samples">
        <SearchField label="Filter samples" value={text} onInput={(value) => setQuery("m", value)} />
      </div>
      {pages.iterations.map(({ iter, events }) => (
        <Iteration key={iter} iteration={iter} events={events.filter((event) => matches(sampleName(event)))} />
      ))}
      {pages.next !== null && (
        <button type="button" onClick={() => void earlierSamples(reporter, pages).then((all) => (paged.value = all))}>
          Earlier iterations
        </button>
      )}
      {open && <SampleViewer reporter={reporter} place={open} />}
    </>
  );
}

function Iteration({ iteration, events }: { iteration: number; events: SampleEvent[] }) {
  if (events.length === 0) return null;
  return (
    <section aria-label={`Iteration ${iteration}`}>
      <h2>Iteration {iteration}</h2>
      <div class="samples">
        {events.map((event) => (
          <figure key={sampleName(event)} class="sample">
            <FileView uri={event.url ?? ""} name={`${sampleName(event)} at ${iteration}`} />
            <figcaption>
              <button type="button" class="button-plain" onClick={() => openSample(event)}>
                {sampleName(event)}
              </button>
            </figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}

/** The newest iterations, and below them those that were paged to. */
function merged(newest: SamplePages | null, paged: SamplePages | null): SamplePages | null {
  if (!newest || !paged) return newest;
  const known = new Map([...paged.iterations, ...newest.iterations].map((page) => [page.iter, page]));
  return { iterations: [...known.values()].sort((a, b) => b.iter - a.iter), next: paged.next };
}
