import { formatNumber } from "../../lib/format";
import type { Heatmap } from "../../lib/figure";

/** More cells than this are no table that anybody reads. */
const MOST_CELLS = 2500;

/** A matrix as a table whose cells are coloured by value: readable by eye, by keyboard and by screen readers. */
export function HeatmapView({ heatmap, name }: { heatmap: Heatmap; name: string }) {
  const { cells, xLabels, yLabels, xTitle, yTitle } = heatmap;
  if (cells.length * xLabels.length > MOST_CELLS) {
    return (
      <p class="quiet">
        A heatmap of {cells.length} × {xLabels.length} cells, too many for a table. Download it as JSON above.
      </p>
    );
  }
  const values = cells.flat().filter((value) => value !== null);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const range = values.reduce((a, b) => Math.max(a, b), -Infinity) - least;
  const share = (value: number) => (range > 0 ? (value - least) / range : 0);

  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={name}>
      <table class="heatmap">
        <caption class="visually-hidden">
          {name}: {yTitle || "rows"} by {xTitle || "columns"}
        </caption>
        <thead>
          <tr>
            <td class="heatmap-corner">
              <span>{yTitle}</span> ↓ <span>{xTitle}</span> →
            </td>
            {xLabels.map((label, column) => (
              <th key={column} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((row, index) => (
            <tr key={index}>
              <th scope="row">{yLabels[index]}</th>
              {row.map((value, column) => (
                <Cell key={column} value={value} share={value === null ? 0 : share(value)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value, share }: { value: number | null; share: number }) {
  if (value === null) return <td>–</td>;
  return (
    <td style={{ "--share": `${Math.round(share * 100)}%` }} title={String(value)}>
      {formatNumber(value)}
    </td>
  );
}
