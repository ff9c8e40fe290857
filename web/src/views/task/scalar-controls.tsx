import type { Range } from "../../charts/line-chart";
import type { XAxis } from "../../lib/format";
import { type Smoothing, type SmoothingKind, SMOOTHINGS } from "../../lib/smoothing";
import { dragQuery, query, setQuery } from "../../state/location";
import { Icon } from "../parts/icon";

export interface ScalarSettings {
  text: string;
  xAxis: XAxis;
  logarithmic: boolean;
  smoothing: Smoothing;
  /** Whether unsmoothed curves stay visible. */
  originals: boolean;
  /** Whether the y axis shows all points, or only where most of them are. */
  outliers: boolean;
  /** Whether all series of a title share a chart. */
  grouped: boolean;
  /** The part of the x axis that is shown. */
  zoom: Range | null;
  /** A place on the x axis that is marked in all charts. */
  pin: number | null;
}

const STRONGEST = 0.99;
const KINDS: Record<SmoothingKind, string> = { ema: "Exponential", gaussian: "Gaussian", average: "Running mean" };
const X_AXES: Record<XAxis, string> = { step: "Iteration", elapsed: "Relative time", time: "Time" };

/** What the address says about the charts. */
export function settingsFrom(query: URLSearchParams): ScalarSettings {
  const xAxis = query.get("x");
  return {
    text: query.get("m") ?? "",
    xAxis: xAxis === "elapsed" || xAxis === "time" ? xAxis : "step",
    logarithmic: query.has("log"),
    smoothing: {
      kind: SMOOTHINGS.find((kind) => kind === query.get("sk")) ?? "ema",
      strength: Math.min(Math.max(Number(query.get("s")) || 0, 0), STRONGEST),
    },
    originals: query.get("raw") !== "0",
    outliers: query.get("out") !== "0",
    grouped: query.get("g") !== "none",
    zoom: rangeFrom(query.get("zoom") ?? ""),
    pin: query.has("at") ? Number(query.get("at")) : null,
  };
}

/** `2300_3200` */
function rangeFrom(text: string): Range | null {
  const [from, to] = text.split("_").map(Number);
  return from !== undefined && to !== undefined && from < to ? { from, to } : null;
}

/** Show a part of the x axis in all charts, or with `null` the whole. */
export function setZoom(range: Range | null): void {
  setQuery("zoom", range ? `${range.from}_${range.to}` : "");
}

/** Mark a place in all charts; none if it is the marked one. */
export function togglePin(x: number): void {
  setQuery("at", query.peek().get("at") === String(x) ? "" : String(x));
}

function strengthIn({ value }: HTMLInputElement): string {
  return value === "0" ? "" : value;
}

interface ScalarControlsProps {
  settings: ScalarSettings;
  /** How many charts there are on the screen, and in all. */
  shown: number;
  total: number;
  /** Whether series of a title may share a chart or not. */
  groupable?: boolean;
}

/** Controls of all charts at once; each is a part of the address. */
export function ScalarControls({ settings, shown, total, groupable = false }: ScalarControlsProps) {
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
          onChange={(event) => {
            setZoom(null);
            setQuery("at", "");
            setQuery("x", event.currentTarget.value.replace("step", ""));
          }}
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
          value={settings.smoothing.strength}
          onInput={(event) => dragQuery("s", strengthIn(event.currentTarget))}
          onChange={(event) => setQuery("s", strengthIn(event.currentTarget))}
        />
        <output>{settings.smoothing.strength.toFixed(2)}</output>
      </label>
      {settings.smoothing.strength > 0 && (
        <>
          <select
            aria-label="Method"
            value={settings.smoothing.kind}
            onChange={(event) => setQuery("sk", event.currentTarget.value.replace("ema", ""))}
          >
            {Object.entries(KINDS).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
          <label>
            <input
              type="checkbox"
              checked={settings.originals}
              onChange={(event) => setQuery("raw", event.currentTarget.checked ? "" : "0")}
            />
            Originals
          </label>
        </>
      )}
      {groupable && (
        <label>
          Group by
          <select
            aria-label="Group by"
            value={settings.grouped ? "title" : "none"}
            onChange={(event) => setQuery("g", event.currentTarget.value.replace("title", ""))}
          >
            <option value="title">Title</option>
            <option value="none">None</option>
          </select>
        </label>
      )}
      <label>
        <input
          type="checkbox"
          checked={settings.logarithmic}
          onChange={(event) => setQuery("log", event.currentTarget.checked ? "1" : "")}
        />
        Logarithmic
      </label>
      <label title="Show the range of most points, from the 5th to the 95th percentile">
        <input
          type="checkbox"
          checked={!settings.outliers}
          onChange={(event) => setQuery("out", event.currentTarget.checked ? "0" : "")}
        />
        Ignore outliers
      </label>
      <span class="quiet" role="status">
        {shown === total ? `${total} ${total === 1 ? "chart" : "charts"}` : `${shown} of ${total} charts`}
      </span>
    </div>
  );
}
