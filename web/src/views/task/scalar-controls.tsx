import type { XAxis } from "../../charts/line-chart";
import { setQuery } from "../../state/location";
import { Icon } from "../parts/icon";

export interface ScalarSettings {
  text: string;
  xAxis: XAxis;
  logarithmic: boolean;
  /** Weight of the past, from 0 to below 1. */
  smoothing: number;
}

const STRONGEST = 0.99;
const X_AXES: Record<XAxis, string> = { step: "Iteration", elapsed: "Relative time", time: "Time" };

/** What the address says about the charts. */
export function settingsFrom(query: URLSearchParams): ScalarSettings {
  const xAxis = query.get("x");
  return {
    text: query.get("m") ?? "",
    xAxis: xAxis === "elapsed" || xAxis === "time" ? xAxis : "step",
    logarithmic: query.has("log"),
    smoothing: Math.min(Math.max(Number(query.get("s")) || 0, 0), STRONGEST),
  };
}

/** Controls of all charts at once; each is a part of the address. */
export function ScalarControls({ settings, shown, total }: { settings: ScalarSettings; shown: number; total: number }) {
  return (
    <div class="controls" role="group" aria-label="Charts">
      <label class="search">
        <Icon name="search" />
        <span class="visually-hidden">Filter charts</span>
        <input
          type="search"
          placeholder="Filter charts"
          value={settings.text}
          onInput={(event) => setQuery("m", event.currentTarget.value)}
        />
      </label>
      <label>
        X axis
        <select
          value={settings.xAxis}
          onChange={(event) => setQuery("x", event.currentTarget.value.replace("step", ""))}
        >
          {Object.entries(X_AXES).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Smoothing
        <input
          type="range"
          min="0"
          max={STRONGEST}
          step="0.01"
          value={settings.smoothing}
          onInput={(event) => setQuery("s", event.currentTarget.value === "0" ? "" : event.currentTarget.value)}
        />
        <output>{settings.smoothing.toFixed(2)}</output>
      </label>
      <label>
        <input
          type="checkbox"
          checked={settings.logarithmic}
          onChange={(event) => setQuery("log", event.currentTarget.checked ? "1" : "")}
        />
        Logarithmic
      </label>
      <span class="quiet" role="status">
        {shown === total ? `${total} ${total === 1 ? "chart" : "charts"}` : `${shown} of ${total} charts`}
      </span>
    </div>
  );
}
