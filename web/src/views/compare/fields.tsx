import { compareText } from "../../lib/text-order";
import { formatNumber } from "../../lib/format";
import { compareFacts, type Facts } from "../../lib/differences";
import { makeScale, type Scale } from "../../lib/scale";
import { type Compared, metricsOf, parametersOf, type Which } from "./compared";

/** A parameter or a metric that tasks can be placed by. */
export interface Field {
  name: string;
  metric: boolean;
  /** In the order of the tasks. */
  values: (string | undefined)[];
}

/** The fields of tasks: parameters, those that differ first, and metrics. */
export function fieldsOf(compared: readonly Compared[], which: Which): Field[] {
  const parameters = compareFacts(compared.map(({ task }) => parametersOf(task)));
  const metrics = compareFacts(compared.map(({ task }) => metricFacts(task, which)));
  return [
    ...parameters.map(({ name, values }) => ({ name, metric: false, values })),
    ...metrics
      .sort((a, b) => compareText(a.name, b.name))
      .map(({ name, values }) => ({ name, metric: true, values })),
  ];
}

function metricFacts(task: Compared["task"], which: Which): Facts {
  return new Map([...metricsOf(task, which)].flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
}

/** Whether a field tells the tasks apart. */
export function differs(field: Field): boolean {
  return new Set(field.values).size > 1;
}

/** Where a field's values stand. */
export function scaleOf(field: Field, logarithmic: boolean): Scale {
  return makeScale(field.values, logarithmic, formatNumber);
}

interface FieldSelectProps {
  label: string;
  fields: readonly Field[];
  value: string;
  onChange: (name: string) => void;
}

/** A choice of one field. */
export function FieldSelect({ label, fields, value, onChange }: FieldSelectProps) {
  const groups = [
    ["Parameters", fields.filter((field) => !field.metric)],
    ["Metrics", fields.filter((field) => field.metric)],
  ] as const;
  return (
    <label>
      {label}
      <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {groups.map(([name, group]) => (
          <optgroup key={name} label={name}>
            {group.map((field) => (
              <option key={field.name} value={field.name}>
                {field.name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
