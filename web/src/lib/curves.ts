/** Curves as numbers: aligned for drawing, and said in words. */

/** One series; `null` is a value that is no finite number. */
export interface Curve {
  name: string;
  x: number[];
  y: (number | null)[];
  /** What values are that are no finite numbers, by their index: `NaN`, `Infinity` or `-Infinity`. */
  not_finite?: Record<string, string> | null;
}

/** Rows of one chart: a common x, and per series a value, `null` (not finite) or `undefined` (no point here). */
export interface Aligned {
  x: number[];
  ys: (number | null | undefined)[][];
}

/** Put curves over one x axis. Repeated steps keep their last value, as a resumed run means it. */
export function alignCurves(curves: readonly Curve[]): Aligned {
  const values = curves.map((curve) => new Map(curve.x.map((x, index) => [x, curve.y[index] ?? null])));
  const x = [...new Set(values.flatMap((series) => [...series.keys()]))].sort((a, b) => a - b);
  return { x, ys: values.map((series) => x.map((position) => series.get(position))) };
}

export interface CurveSummary {
  /** How many points the series has. */
  points: number;
  /** How many of them the curve draws. */
  drawn: number;
  /** Drawn points that are no finite number. */
  notFinite: number;
  last: number | null;
  min: number | null;
  minAt: number | null;
  max: number | null;
  maxAt: number | null;
}

/** What a server remembers of all points of a series; a curve has means where points are many. */
export interface SeriesMemory {
  value?: number | null;
  min_value?: number | null;
  min_value_iteration?: number | null;
  max_value?: number | null;
  max_value_iteration?: number | null;
  count?: number;
}

/**
 * The numbers that a picture of the curve would tell.
 *
 * @param memory where the true values are known, they are said in place of those that are drawn
 */
export function summarise(curve: Curve, memory?: SeriesMemory): CurveSummary {
  const drawn = summariseDrawn(curve);
  if (!memory || memory.min_value == null || memory.max_value == null) return drawn;
  return {
    ...drawn,
    points: Math.max(memory.count ?? 0, drawn.drawn),
    last: memory.value ?? null,
    min: memory.min_value,
    minAt: memory.min_value_iteration ?? null,
    max: memory.max_value,
    maxAt: memory.max_value_iteration ?? null,
  };
}

function summariseDrawn(curve: Curve): CurveSummary {
  const count = curve.y.length;
  const finite = curve.y.flatMap((value, index) => (value === null ? [] : [{ value, x: curve.x[index] ?? null }]));
  const [first] = finite;
  const least = first && finite.reduce((a, b) => (b.value < a.value ? b : a), first);
  const greatest = first && finite.reduce((a, b) => (b.value > a.value ? b : a), first);
  return {
    points: count,
    drawn: count,
    notFinite: count - finite.length,
    last: curve.y.at(-1) ?? null,
    min: least?.value ?? null,
    minAt: least?.x ?? null,
    max: greatest?.value ?? null,
    maxAt: greatest?.x ?? null,
  };
}

/** Curves over seconds since the earliest of them began; their x are milliseconds. */
export function sinceStart(groups: readonly (readonly Curve[])[]): Curve[][] {
  const start = groups.flat().reduce((least, curve) => curve.x.reduce((a, b) => Math.min(a, b), least), Infinity);
  return groups.map((curves) => curves.map((curve) => ({ ...curve, x: curve.x.map((x) => (x - start) / 1000) })));
}

/** What a curve has that no line can show: at which x, and what it is. */
export function notFiniteOf(curve: Curve): { x: number; text: string }[] {
  return curve.y.flatMap((value, index) => {
    const x = curve.x[index];
    return value === null && x !== undefined ? [{ x, text: curve.not_finite?.[index] ?? "NaN" }] : [];
  });
}

/**
 * A curve whose middle is replaced by a finer one.
 *
 * @param fine the points from one x to another, all that there are or at least more
 */
export function refined(curve: Curve, fine: Curve, from: number, to: number): Curve {
  const parts = [
    pick(curve, (x) => x < from),
    fine,
    pick(curve, (x) => x > to),
  ];
  return { ...curve, x: parts.flatMap((part) => part.x), y: parts.flatMap((part) => part.y), not_finite: null };
}

function pick(curve: Curve, wanted: (x: number) => boolean): Pick<Curve, "x" | "y"> {
  const places = curve.x.flatMap((x, index) => (wanted(x) ? [index] : []));
  return { x: places.map((index) => curve.x[index] ?? 0), y: places.map((index) => curve.y[index] ?? null) };
}
