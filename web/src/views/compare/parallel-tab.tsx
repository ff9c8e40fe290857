import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { taskPath } from "../../lib/route";
import { query, setQuery } from "../../state/location";
import { Empty } from "../parts/empty";
import type { Compared } from "./compared";
import { differs, type Field, fieldsOf, scaleOf } from "./fields";
import { type Brush, ParallelAxes } from "./parallel-axes";
import { whichFrom } from "./values-tab";

/** Between names in the address; no name has it in it. */
const SEPARATOR = "\n";
const FIRST_METRICS = 2;
const FIRST_PARAMETERS = 6;

/** Every task as a line over axes of parameters and metrics; dragging on an axis keeps the tasks that pass there. */
export function ParallelTab({ compared }: { compared: Compared[] }) {
  const address = query.value;
  const fields = useMemo(() => fieldsOf(compared, whichFrom(address)), [compared, address.get("v")]);
  const shown = useMemo(() => chosen(fields, address.get("axes") ?? ""), [fields, address.get("axes")]);
  const logarithmic = new Set((address.get("loga") ?? "").split(SEPARATOR).filter(Boolean));
  const brushes = useSignal<ReadonlyMap<string, Brush>>(new Map());
  const hovered = useSignal<string | null>(null);
  if (fields.length === 0) return <Empty>These tasks have no parameters or metrics.</Empty>;

  const axes = shown.map((field) => ({ field, scale: scaleOf(field, logarithmic.has(field.name)) }));
  const kept = compared.filter((_, index) =>
    axes.every(({ field, scale }) => {
      const brush = brushes.value.get(field.name);
      const place = scale.place(field.values[index]);
      return !brush || (place !== null && place >= brush.from && place <= brush.to);
    }),
  );
  const setAxes = (names: string[]) => setQuery("axes", names.join(SEPARATOR));
  const names = shown.map((field) => field.name);
  return (
    <>
      <div class="controls" role="group" aria-label="Axes">
        <label>
          Add an axis
          <select value="" onChange={(event) => setAxes([...names, event.currentTarget.value])}>
            <option value="" disabled>
              choose…
            </option>
            {fields
              .filter((field) => !names.includes(field.name))
              .map((field) => (
                <option key={field.name} value={field.name}>
                  {field.name}
                </option>
              ))}
          </select>
        </label>
        <button type="button" disabled={brushes.value.size === 0} onClick={() => (brushes.value = new Map())}>
          Clear selections
        </button>
        <span class="quiet" role="status">
          {kept.length} of {compared.length} tasks
        </span>
      </div>
      <ParallelAxes
        compared={compared}
        kept={new Set(kept.map(({ task }) => task.id))}
        axes={axes}
        brushes={brushes.value}
        hovered={hovered.value}
        logarithmic={logarithmic}
        onHover={(id) => (hovered.value = id)}
        onBrush={(name, brush) => {
          const next = new Map(brushes.value);
          if (brush) next.set(name, brush);
          else next.delete(name);
          brushes.value = next;
        }}
        onRemove={(name) => setAxes(names.filter((other) => other !== name))}
        onMove={(name, by) => setAxes(moved(names, name, by))}
        onLogarithmic={(name) => setQuery("loga", [...toggled(logarithmic, name)].join(SEPARATOR))}
      />
      <ul class="compared" aria-label="Selected tasks">
        {kept.map(({ task, label, stroke }) => (
          <li key={task.id} onMouseEnter={() => (hovered.value = task.id)} onMouseLeave={() => (hovered.value = null)}>
            <span class={`swatch series-${stroke.colour}`} aria-hidden="true" />
            <a href={taskPath(task.id)}>{label}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The axes that the address names, or those that tell most. */
function chosen(fields: Field[], names: string): Field[] {
  if (names !== "") return names.split(SEPARATOR).flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const parameters = fields.filter((field) => !field.metric && differs(field)).slice(0, FIRST_PARAMETERS);
  const metrics = fields.filter((field) => field.metric && differs(field)).slice(0, FIRST_METRICS);
  return [...parameters, ...metrics];
}

function moved(names: string[], name: string, by: number): string[] {
  const rest = names.filter((other) => other !== name);
  rest.splice(Math.max(0, names.indexOf(name) + by), 0, name);
  return rest;
}

function toggled(names: ReadonlySet<string>, name: string): Set<string> {
  const next = new Set(names);
  if (!next.delete(name)) next.add(name);
  return next;
}
