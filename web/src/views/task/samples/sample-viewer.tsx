import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import type { Reporter } from "../../../api/types";
import { useLive } from "../../../state/live";
import { setQuery } from "../../../state/location";
import { sampleAt, sampleBeside, type SampleMove, type SamplePlace } from "../../../state/samples";
import { FileView } from "../files/file-view";
import { Problem } from "../../parts/problem";
import { openSample, sampleName } from "./place";

const MOVES: Record<string, SampleMove> = {
  ArrowLeft: { earlier: true, sameSeries: false },
  ArrowRight: { earlier: false, sameSeries: false },
  ArrowUp: { earlier: false, sameSeries: true },
  ArrowDown: { earlier: true, sameSeries: true },
};
const ZOOM_STEP = 1.25;

/** One sample in full size. Arrow keys lead on; the zoom stays from sample to sample. */
export function SampleViewer({ reporter, place }: { reporter: Reporter; place: SamplePlace }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const zoom = useSignal(1);
  useEffect(() => dialog.current?.showModal(), []);
  const { data, error, reload } = useLive({
    key: `${reporter.task}\n${sampleName(place)}\n${place.iter}`,
    load: () => sampleAt(reporter, place),
    every: () => null,
  });
  const shown = data.value;

  const move = async (direction: SampleMove) => {
    if (!shown?.scroll_id) return;
    const next = await sampleBeside(reporter, shown.scroll_id, direction);
    if (next) openSample(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.target instanceof HTMLInputElement ? undefined : MOVES[event.key];
    if (direction) {
      event.preventDefault();
      void move(direction);
    } else if (event.key === "+") zoom.value *= ZOOM_STEP;
    else if (event.key === "-") zoom.value /= ZOOM_STEP;
    else if (event.key === "0") zoom.value = 1;
  };
  const name = sampleName(place);
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={`Sample ${name}`}
      onKeyDown={onKeyDown}
      onClose={() => setQuery("sample", "")}
    >
      <header class="viewer-bar">
        <strong>{name}</strong>
        <label>
          Iteration{" "}
          <input
            type="number"
            value={place.iter}
            min={shown?.min_iteration ?? undefined}
            max={shown?.max_iteration ?? undefined}
            onChange={(event) => openSample({ ...place, iter: event.currentTarget.valueAsNumber })}
          />
        </label>
        <span class="quiet">
          {shown?.min_iteration ?? "–"} to {shown?.max_iteration ?? "–"}
        </span>
        <button type="button" onClick={() => void move({ earlier: true, sameSeries: false })}>
          Previous
        </button>
        <button type="button" onClick={() => void move({ earlier: false, sameSeries: false })}>
          Next
        </button>
        <output class="quiet">{Math.round(zoom.value * 100)} %</output>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {error.value && <Problem error={error.value} retry={reload} />}
      <div class="viewer-stage" tabIndex={0} autofocus role="region" aria-label="Picture">
        <div style={{ zoom: String(zoom.value) }}>
          {shown?.event?.url ? (
            <FileView uri={shown.event.url} name={`${name} at ${place.iter}`} />
          ) : (
            shown && <p>There is no sample of this series at iteration {place.iter}.</p>
          )}
        </div>
      </div>
    </dialog>
  );
}
