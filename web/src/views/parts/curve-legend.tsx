import type { ReadonlySignal } from "@preact/signals";

import type { Stroke } from "../../charts/palette";
import type { Curve, CurveSummary } from "../../lib/curves";
import { formatNumber, formatX, type XAxis } from "../../lib/format";

export interface LegendEntry {
  curve: Curve;
  summary: CurveSummary;
  stroke: Stroke;
}

interface CurveLegendProps {
  entries: LegendEntry[];
  /** Names of the series that are not drawn. */
  hidden: ReadonlySet<string>;
  /** The x under the cursor, in whichever chart it is. */
  cursor: ReadonlySignal<number | null>;
  /** The x that is pinned. */
  pin: number | null;
  xAxis: XAxis;
  toggle: (name: string) => void;
}

/** The chart's series as a table: name with colour, value at the cursor or the last one, extremes. */
export function CurveLegend({ entries, hidden, cursor, pin, xAxis, toggle }: CurveLegendProps) {
  const x = cursor.value ?? pin;
  return (
    <div class="legend-frame">
      <table class="legend">
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col" class="number">
              {x === null ? "Last" : `At ${formatX(x, xAxis)}`}
            </th>
            <th scope="col" class="number">
              Min
            </th>
            <th scope="col" class="number">
              Max
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ curve, summary, stroke }) => (
            <tr key={curve.name} class={hidden.has(curve.name) ? "legend-hidden" : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="button-plain legend-name"
                  aria-pressed={!hidden.has(curve.name)}
                  title={`Show or hide ${curve.name}`}
                  onClick={() => toggle(curve.name)}
                >
                  <span class={`swatch series-${stroke.colour}`} aria-hidden="true" />
                  {curve.name}
                </button>
              </th>
              <Value value={x === null ? summary.last : valueAt(curve, x)} />
              <Value value={summary.min} />
              <Value value={summary.max} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value }: { value: number | null | undefined }) {
  return (
    <td class="number" title={value === null || value === undefined ? undefined : String(value)}>
      {formatNumber(value)}
    </td>
  );
}

function valueAt(curve: Curve, x: number): number | null {
  const index = curve.x.lastIndexOf(x);
  return index === -1 ? null : (curve.y[index] ?? null);
}
