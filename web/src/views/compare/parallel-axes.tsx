import { useRef } from "preact/hooks";

import type { Scale } from "../../lib/scale";
import type { Compared } from "./compared";
import type { Field } from "./fields";

const HEIGHT = 420;
const TOP = 14;
const BOTTOM = 16;
const AXIS_WIDTH = 170;

/** An axis can be dragged from so far beyond its ends, so that what stands there can be selected; pixels. */
const REACH = 8;

/** A selected part of an axis, from 0 (bottom) to 1 (top). */
export interface Brush {
  from: number;
  to: number;
}

export interface Axis {
  field: Field;
  scale: Scale;
}

interface ParallelAxesProps {
  compared: Compared[];
  /** Ids of the tasks that pass all brushes. */
  kept: ReadonlySet<string>;
  axes: Axis[];
  brushes: ReadonlyMap<string, Brush>;
  /** Id of the task that is emphasised. */
  hovered: string | null;
  logarithmic: ReadonlySet<string>;
  onHover: (id: string | null) => void;
  onBrush: (axis: string, brush: Brush | null) => void;
  onRemove: (axis: string) => void;
  onMove: (axis: string, by: number) => void;
  onLogarithmic: (axis: string) => void;
}

/** The drawing, with the axes' names and their buttons above it. */
export function ParallelAxes(props: ParallelAxesProps) {
  const { compared, kept, axes, hovered, onHover } = props;
  const lines = compared.map((each, index) => ({
    ...each,
    points: axes.flatMap(({ field, scale }, axis) => {
      const place = scale.place(field.values[index]);
      return place === null ? [] : [`${middle(axis)},${top(place)}`];
    }),
  }));
  return (
    <div class="parallel" tabIndex={0} role="region" aria-label="Parallel coordinates">
      <div class="parallel-heads">
        {axes.map(({ field }) => (
          <AxisHead key={field.name} field={field} {...props} />
        ))}
      </div>
      <svg width={axes.length * AXIS_WIDTH} height={HEIGHT} role="group" aria-label="Tasks as lines">
        {lines.map(({ task, label, stroke, points }) => (
          <polyline
            key={task.id}
            class={`line series-${stroke.colour}`}
            data-state={hovered === task.id ? "hovered" : kept.has(task.id) ? "kept" : "left-out"}
            points={points.join(" ")}
            onMouseEnter={() => onHover(task.id)}
            onMouseLeave={() => onHover(null)}
          >
            <title>{label}</title>
          </polyline>
        ))}
        {axes.map((axis, index) => (
          <AxisLine key={axis.field.name} axis={axis} x={middle(index)} {...props} />
        ))}
      </svg>
    </div>
  );
}

function AxisHead({ field, logarithmic, onRemove, onMove, onLogarithmic }: ParallelAxesProps & { field: Field }) {
  const { name } = field;
  return (
    <div class="parallel-head">
      <span title={name}>{name}</span>
      <span class="steps">
        <button type="button" class="button-plain" aria-label={`Move ${name} left`} onClick={() => onMove(name, -1)}>
          ‹
        </button>
        <button
          type="button"
          class="button-plain"
          aria-label={`Logarithmic ${name}`}
          aria-pressed={logarithmic.has(name)}
          onClick={() => onLogarithmic(name)}
        >
          log
        </button>
        <button type="button" class="button-plain" aria-label={`Remove ${name}`} onClick={() => onRemove(name)}>
          ×
        </button>
        <button type="button" class="button-plain" aria-label={`Move ${name} right`} onClick={() => onMove(name, 1)}>
          ›
        </button>
      </span>
    </div>
  );
}

interface AxisLineProps extends ParallelAxesProps {
  axis: Axis;
  x: number;
}

/** An axis; dragging along it selects a part, a click takes the selection away. */
function AxisLine({ axis, x, brushes, onBrush }: AxisLineProps) {
  const { name } = axis.field;
  const begin = useRef<number | null>(null);
  const brush = brushes.get(name);
  const placeOf = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = 1 - (event.clientY - box.top - REACH) / (box.height - 2 * REACH);
    return Math.min(1, Math.max(0, place));
  };
  return (
    <g class="axis" transform={`translate(${x} 0)`}>
      <line y1={top(1)} y2={top(0)} />
      {axis.scale.ticks.map(({ at, text }) => (
        <text key={text} x="6" y={top(at) + 4}>
          {text}
        </text>
      ))}
      {brush && (
        <rect class="brush" x="-8" width="16" y={top(brush.to)} height={Math.max(top(brush.from) - top(brush.to), 2)} />
      )}
      <rect
        class="brush-area"
        data-axis={name}
        x="-12"
        width="24"
        y={top(1) - REACH}
        height={top(0) - top(1) + 2 * REACH}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          begin.current = placeOf(event);
          onBrush(name, null);
        }}
        onPointerMove={(event) => {
          if (begin.current === null) return;
          const here = placeOf(event);
          onBrush(name, { from: Math.min(begin.current, here), to: Math.max(begin.current, here) });
        }}
        onPointerUp={() => (begin.current = null)}
      />
    </g>
  );
}

function middle(axis: number): number {
  return axis * AXIS_WIDTH + 24;
}

function top(place: number): number {
  return HEIGHT - BOTTOM - place * (HEIGHT - BOTTOM - TOP);
}
