import { useMemo } from "preact/hooks";

import { taskPath } from "../../lib/route";
import { navigate, query, setQuery } from "../../state/location";
import { Empty } from "../parts/empty";
import type { Compared } from "./compared";
import { differs, type Field, fieldsOf, FieldSelect, scaleOf } from "./fields";
import { whichFrom } from "./values-tab";

const WIDTH = 860;
const HEIGHT = 420;
const LEFT = 90;
const BOTTOM = 60;
const MARGIN = 16;

/** One parameter or metric against another, a point for each task. */
export function ScatterTab({ compared }: { compared: Compared[] }) {
  const address = query.value;
  const fields = useMemo(() => fieldsOf(compared, whichFrom(address)), [compared, address.get("v")]);
  const x = chosen(fields, address.get("fx"), (field) => !field.metric && differs(field));
  const y = chosen(fields, address.get("fy"), (field) => field.metric);
  if (!x || !y) return <Empty>These tasks have no parameters or metrics.</Empty>;
  return (
    <>
      <div class="controls" role="group" aria-label="Scatter">
        <FieldSelect label="Across" fields={fields} value={x.name} onChange={(name) => setQuery("fx", name)} />
        <LogChoice name="logx" label="Logarithmic across" />
        <FieldSelect label="Up" fields={fields} value={y.name} onChange={(name) => setQuery("fy", name)} />
        <LogChoice name="logy" label="Logarithmic up" />
      </div>
      <Drawing compared={compared} x={x} y={y} logX={address.has("logx")} logY={address.has("logy")} />
    </>
  );
}

function chosen(fields: Field[], name: string | null, otherwise: (field: Field) => boolean): Field | undefined {
  return fields.find((field) => field.name === name) ?? fields.find(otherwise) ?? fields[0];
}

function LogChoice({ name, label }: { name: string; label: string }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={query.value.has(name)}
        onChange={(event) => setQuery(name, event.currentTarget.checked ? "1" : "")}
      />
      {label}
    </label>
  );
}

interface DrawingProps {
  compared: Compared[];
  x: Field;
  y: Field;
  logX: boolean;
  logY: boolean;
}

function Drawing({ compared, x, y, logX, logY }: DrawingProps) {
  const [across, up] = [scaleOf(x, logX), scaleOf(y, logY)];
  const left = (place: number) => LEFT + place * (WIDTH - LEFT - MARGIN);
  const top = (place: number) => HEIGHT - BOTTOM - place * (HEIGHT - BOTTOM - MARGIN);
  const points = compared.flatMap((task, index) => {
    const [a, b] = [across.place(x.values[index]), up.place(y.values[index])];
    return a === null || b === null ? [] : [{ ...task, index, cx: left(a), cy: top(b) }];
  });
  return (
    <figure class="drawing">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={`${y.name} by ${x.name}`}>
        {across.ticks.map(({ at, text }) => (
          <g key={text} transform={`translate(${left(at)} ${HEIGHT - BOTTOM})`}>
            <line y2={MARGIN - HEIGHT + BOTTOM} />
            <text y="18" text-anchor="middle">
              {text}
            </text>
          </g>
        ))}
        {up.ticks.map(({ at, text }) => (
          <g key={text} transform={`translate(${LEFT} ${top(at)})`}>
            <line x2={WIDTH - LEFT - MARGIN} />
            <text x="-8" y="4" text-anchor="end">
              {text}
            </text>
          </g>
        ))}
        <text x={(WIDTH + LEFT) / 2} y={HEIGHT - 12} text-anchor="middle">
          {x.name}
        </text>
        <text transform={`translate(16 ${(HEIGHT - BOTTOM) / 2}) rotate(-90)`} text-anchor="middle">
          {y.name}
        </text>
        {points.map(({ task, label, stroke, index, cx, cy }) => (
          <circle
            key={task.id}
            class={`point series-${stroke.colour}`}
            cx={cx}
            cy={cy}
            r="6"
            role="link"
            tabIndex={0}
            aria-label={`${label}: ${x.name} ${x.values[index]}, ${y.name} ${y.values[index]}`}
            onClick={() => navigate(taskPath(task.id))}
            onKeyDown={(event) => event.key === "Enter" && navigate(taskPath(task.id))}
          >
            <title>{`${label}\n${x.name}: ${x.values[index]}\n${y.name}: ${y.values[index]}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption class="quiet">
        {points.length} of {compared.length} tasks have both values.
      </figcaption>
    </figure>
  );
}
