import { formatNumber } from "../../lib/format";
import { matcher } from "../../lib/match";
import { compareText } from "../../lib/text-order";
import { toCsv } from "../../lib/csv";
import { query, setQuery } from "../../state/location";
import { Empty } from "../parts/empty";
import { saveText } from "../parts/save-text";
import { SearchField } from "../parts/search-field";
import { type Compared, metricsOf, type Which } from "./compared";

const WHICH: Record<Which, string> = { last: "Last", min: "Minimum", max: "Maximum" };

/** The metrics' values, one column for each task; the row's extremes are marked. */
export function ValuesTab({ compared, base }: { compared: Compared[]; base: number }) {
  const which = whichFrom(query.value);
  const text = query.value.get("m") ?? "";
  const matches = matcher(text);
  const values = compared.map(({ task }) => metricsOf(task, which));
  const names = [...new Set(values.flatMap((metrics) => [...metrics.keys()]))].filter(matches).sort(compareText);
  const rows = names.map((name) => ({ name, cells: values.map((metrics) => metrics.get(name) ?? null) }));

  const download = () => {
    const header = ["metric", ...compared.map(({ label }) => label)];
    saveText(`values-${which}.csv`, toCsv([header, ...rows.map(({ name, cells }) => [name, ...cells])]), "text/csv");
  };
  return (
    <>
      <div class="controls" role="group" aria-label="Values">
        <SearchField label="Filter metrics" value={text} onInput={(value) => setQuery("m", value)} />
        <label>
          Show
          <select value={which} onChange={(event) => setQuery("v", event.currentTarget.value.replace("last", ""))}>
            {Object.entries(WHICH).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={download}>
          Download CSV
        </button>
      </div>
      {rows.length === 0 ? (
        <Empty>No metric was reported.</Empty>
      ) : (
        <div class="table-frame" tabIndex={0} role="region" aria-label="Values">
          <table class="comparison">
            <caption class="visually-hidden">Values</caption>
            <thead>
              <tr>
                <th scope="col">Metric</th>
                {compared.map(({ task, label, stroke }, index) => (
                  <th key={task.id} scope="col" class="number">
                    <span class={`swatch series-${stroke.colour}`} aria-hidden="true" /> {label}{" "}
                    {index === base && <span class="tag">base</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, cells }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {cells.map((value, index) => (
                    <ValueCell key={index} value={value} base={index === base ? null : (cells[base] ?? null)} all={cells} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** A value, its distance to the base's, and whether it is the least or the greatest of its row. */
function ValueCell({ value, base, all }: { value: number | null; base: number | null; all: (number | null)[] }) {
  const numbers = all.filter((other) => other !== null);
  const spread = Math.min(...numbers) < Math.max(...numbers);
  const mark = !spread || value === null ? "" : value === Math.max(...numbers) ? "▲" : value === Math.min(...numbers) ? "▼" : "";
  const delta = value === null || base === null ? null : value - base;
  return (
    <td class="number" title={value === null ? undefined : String(value)}>
      {mark && (
        <span class="quiet" role="img" aria-label={mark === "▲" ? "greatest" : "least"}>
          {mark}
        </span>
      )}{" "}
      {formatNumber(value)}
      {delta !== null && delta !== 0 && (
        <span class="quiet">
          {" "}
          ({delta > 0 ? "+" : ""}
          {formatNumber(delta)})
        </span>
      )}
    </td>
  );
}

/** Which of a metric's values the address asks for. */
export function whichFrom(address: URLSearchParams): Which {
  const which = address.get("v");
  return which === "min" || which === "max" ? which : "last";
}
