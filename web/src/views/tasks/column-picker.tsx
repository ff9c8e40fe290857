import { useSignal } from "@preact/signals";

import { matcher } from "../../lib/match";
import { columnTitle } from "../../lib/task-rows";
import { compareText } from "../../lib/text-order";
import { setQuery } from "../../state/location";
import { FIELD_COLUMNS } from "../../state/task-cells";
import type { TaskRow } from "../../state/task-list";
import { Menu } from "../parts/menu";

const MOST_SHOWN = 200;

/** Chooses the columns: fields, the last, least and greatest value of a metric, parameters. */
export function ColumnPicker({ columns, rows }: { columns: readonly string[]; rows: readonly TaskRow[] }) {
  return (
    <Menu label={<>Columns {columns.length}</>}>
      <ColumnList
        candidates={() => [...FIELD_COLUMNS, ...metricColumns(rows), ...parameterColumns(rows)]}
        chosen={columns}
        choose={(next) => setQuery("cols", next.join("|"))}
      />
    </Menu>
  );
}

/** Chooses the parameters and fields whose values rows of a group have in common. */
export function GroupPicker({ grouping, rows }: { grouping: readonly string[]; rows: readonly TaskRow[] }) {
  return (
    <Menu label={grouping.length > 0 ? `Grouped by ${grouping.length}` : "Group"}>
      <ColumnList
        candidates={() => ["project", "status", "type", "tags", "name", ...parameterColumns(rows)]}
        chosen={grouping}
        choose={(next) => setQuery("group", next.join("|"))}
      />
    </Menu>
  );
}

interface ColumnListProps {
  candidates: () => string[];
  chosen: readonly string[];
  choose: (next: string[]) => void;
}

function ColumnList({ candidates, chosen, choose }: ColumnListProps) {
  const text = useSignal("");
  const fits = matcher(text.value);
  const found = [...new Set([...chosen, ...candidates()])].filter((key) => fits(columnTitle(key)));
  return (
    <div class="menu-panel">
      <input
        type="search"
        aria-label="Find a column"
        placeholder="Find a column"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <ul>
        {found.slice(0, MOST_SHOWN).map((key) => (
          <li key={key}>
            <label title={columnTitle(key)}>
              <input
                type="checkbox"
                checked={chosen.includes(key)}
                onChange={() => choose(chosen.includes(key) ? chosen.filter((old) => old !== key) : [...chosen, key])}
              />
              <span>{columnTitle(key)}</span>
            </label>
          </li>
        ))}
      </ul>
      {found.length > MOST_SHOWN && <p class="quiet">{found.length - MOST_SHOWN} more: type a part of the name.</p>}
    </div>
  );
}

function metricColumns(rows: readonly TaskRow[]): string[] {
  const names = [...new Set(rows.flatMap((row) => [...row.metrics.keys()]))].sort(compareText);
  return names.flatMap((name) => [`last:${name}`, `min:${name}`, `max:${name}`]);
}

function parameterColumns(rows: readonly TaskRow[]): string[] {
  const names = [...new Set(rows.flatMap((row) => [...row.parameters.keys()]))].sort(compareText);
  return names.map((name) => `param:${name}`);
}
