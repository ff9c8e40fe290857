import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { matcher } from "../../lib/match";
import { columnTitle } from "../../lib/task-rows";
import { setQuery } from "../../state/location";
import { loadNames, type Names } from "../../state/metric-paths";
import { notify } from "../../state/notices";
import { FIELD_COLUMNS } from "../../state/task-cells";
import { Menu } from "../parts/menu";

const MOST_SHOWN = 200;

interface ColumnPickerProps {
  columns: readonly string[];
  /** Whether columns are hidden that have the same value in all rows, and how many are. */
  varying: boolean;
  hidden: number;
  project: string | null;
}

/** Chooses the columns: fields, the last, least and greatest value of a metric, parameters. */
export function ColumnPicker({ columns, varying, hidden, project }: ColumnPickerProps) {
  const { names, load } = useNames(project);
  const metrics = names.metrics.flatMap((name) => [`last:${name}`, `min:${name}`, `max:${name}`]);
  return (
    <Menu label={<>Columns {columns.length - hidden}</>} onOpen={load}>
      <ColumnList
        candidates={[...FIELD_COLUMNS, ...metrics, ...parameterColumns(names)]}
        chosen={columns}
        choose={(next) => setQuery("cols", next.join("|"))}
      >
        <label title="Hide columns that have the same value in all rows">
          <input
            type="checkbox"
            checked={varying}
            onChange={(event) => setQuery("vary", event.currentTarget.checked ? "1" : "")}
          />
          Varying only{hidden > 0 && `, ${hidden} hidden`}
        </label>
      </ColumnList>
    </Menu>
  );
}

interface GroupPickerProps {
  grouping: readonly string[];
  project: string | null;
}

/** Chooses the parameters and fields whose values rows of a group have in common. */
export function GroupPicker({ grouping, project }: GroupPickerProps) {
  const { names, load } = useNames(project);
  return (
    <Menu label={grouping.length > 0 ? `Grouped by ${grouping.length}` : "Group"} onOpen={load}>
      <ColumnList
        candidates={["project", "status", "type", "tags", "name", ...parameterColumns(names)]}
        chosen={grouping}
        choose={(next) => setQuery("group", next.join("|"))}
      />
    </Menu>
  );
}

/** What tasks of a project report, asked for when it is needed. */
function useNames(project: string | null) {
  const names = useSignal<Names>({ metrics: [], parameters: [] });
  const load = () =>
    void loadNames(project).then(
      (found) => (names.value = found),
      (error: Error) => notify(error.message, { failed: true }),
    );
  return { names: names.value, load };
}

function parameterColumns({ parameters }: Names): string[] {
  return parameters.map((name) => `param:${name}`);
}

interface ColumnListProps {
  candidates: readonly string[];
  chosen: readonly string[];
  choose: (next: string[]) => void;
  /** What else there is to choose. */
  children?: ComponentChildren;
}

function ColumnList({ candidates, chosen, choose, children }: ColumnListProps) {
  const text = useSignal("");
  const fits = matcher(text.value);
  const found = [...new Set([...chosen, ...candidates])].filter((key) => fits(columnTitle(key)));
  return (
    <div class="menu-panel">
      <input
        type="search"
        aria-label="Find a column"
        placeholder="Find a column"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      {children}
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
