import { useMemo } from "preact/hooks";

import { compareFacts, type Facts } from "../../lib/differences";
import { formatCount } from "../../lib/format";
import { matcher } from "../../lib/match";
import { taskPath } from "../../lib/route";
import { query, setQuery } from "../../state/location";
import { Empty } from "../parts/empty";
import { SearchField } from "../parts/search-field";
import type { Compared } from "./compared";

interface DifferenceTableProps {
  compared: Compared[];
  base: number;
  /** The values of each task. */
  facts: Facts[];
  caption: string;
}

/** Values by name, one column for each task; those that differ come first, and are marked where they are not the base's. */
export function DifferenceTable({ compared, base, facts, caption }: DifferenceTableProps) {
  const rows = useMemo(() => compareFacts(facts), [facts]);
  const text = query.value.get("q") ?? "";
  const onlyDifferences = query.value.has("diff");
  const matches = matcher(text);
  const shown = rows.filter(
    (row) => (row.differs || !onlyDifferences) && [row.name, ...row.values].some((value) => matches(value ?? "")),
  );
  return (
    <>
      <div class="controls" role="group" aria-label={caption}>
        <SearchField label="Filter by name or value" value={text} onInput={(value) => setQuery("q", value)} />
        <label>
          <input
            type="checkbox"
            checked={onlyDifferences}
            onChange={(event) => setQuery("diff", event.currentTarget.checked ? "1" : "")}
          />
          Differences only
        </label>
        <span class="quiet" role="status">
          {formatCount(rows.filter((row) => row.differs).length, "difference")} in {formatCount(rows.length, "row")}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty>{rows.length === 0 ? "Nothing was recorded." : "No row is like that."}</Empty>
      ) : (
        <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
          <table class="comparison">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                {compared.map(({ task, label, stroke }, index) => (
                  <th key={task.id} scope="col">
                    <span class={`swatch series-${stroke.colour}`} aria-hidden="true" />{" "}
                    <a href={taskPath(task.id)}>{label}</a> {index === base && <span class="tag">base</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ name, values }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {values.map((value, index) => (
                    <td key={index} class={value === values[base] ? undefined : "differs"}>
                      <div class="compared-value">{value ?? "–"}</div>
                    </td>
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
