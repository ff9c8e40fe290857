import { formatCount } from "../../lib/format";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { send } from "../../state/session";
import { useShortcuts } from "../../state/shortcuts";
import { SearchField } from "../parts/search-field";

interface ConsoleSearchProps {
  task: string;
  /** Changes when there may be new lines. */
  version: string | null;
}

/** Looks for a text in the whole console, on the server, and goes from hit to hit; the address says which. */
export function ConsoleSearch({ task, version }: ConsoleSearchProps) {
  const text = query.value.get("find") ?? "";
  const { data } = useLive({
    key: `${task} ${text}`,
    version,
    load: async (abort) => ({ text, ...(text === "" ? NOTHING : await send("events.search_task_log", { task, text }, abort)) }),
    every: () => null,
  });
  const hits = data.value?.text === text ? data.value : null;
  const moments = hits?.timestamps ?? [];
  const at = Number(query.value.get("at"));
  const place = moments.indexOf(at);
  const go = (step: number) => {
    if (moments.length === 0) return;
    const from = place >= 0 ? place : step > 0 ? -1 : moments.length;
    const next = moments[(from + step + moments.length) % moments.length];
    if (next !== undefined) setQuery("at", String(next));
  };
  useShortcuts([
    { keys: "n", what: "Next hit", run: () => go(1) },
    { keys: "N", what: "Previous hit", run: () => go(-1) },
  ]);
  const found = hits && (place >= 0 ? `${(place + 1).toLocaleString("en")} of ${formatCount(hits.total, "hit")}` : formatCount(hits.total, "hit"));
  return (
    <form
      class="console-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(1);
      }}
    >
      <SearchField label="Search the whole console" value={text} onInput={(value) => setQuery("find", value)} />
      {text !== "" && (
        <>
          <span class="quiet" role="status">
            {found ?? "Searching…"}
          </span>
          <button type="button" aria-label="Previous hit" disabled={moments.length === 0} onClick={() => go(-1)}>
            ↑
          </button>
          <button type="submit" aria-label="Next hit" disabled={moments.length === 0}>
            ↓
          </button>
        </>
      )}
    </form>
  );
}

const NOTHING: { total: number; timestamps: number[] } = { total: 0, timestamps: [] };
