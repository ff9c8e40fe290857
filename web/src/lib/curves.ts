/** Curves as numbers: aligned for drawing, smoothed, and said in words. */

/** One series; `null` is a value that is no finite number. */
export interface Curve {
  name: string;
  x: number[];
  y: (number | null)[];
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

/**
 * Exponential moving average, without the usual pull towards zero at the beginning. Gaps stay gaps.
 *
 * @param weight share of the past, from 0 (nothing is smoothed) up to but excluding 1
 */
export function smooth(y: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...y];
  let sum = 0;
  let total = 0;
  return y.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}

export interface CurveSummary {
  points: number;
  /** Points that are no finite number. */
  notFinite: number;
  last: number | null;
  min: number | null;
  minAt: number | null;
  max: number | null;
  maxAt: number | null;
}

/** The numbers that a picture of the curve would tell. */
export function summarise(curve: Curve): CurveSummary {
  const summary: CurveSummary = {
    points: curve.y.length,
    notFinite: 0,
    last: curve.y.at(-1) ?? null,
    min: null,
    minAt: null,
    max: null,
    maxAt: null,
  };
  curve.y.forEach((value, index) => {
    if (value === null) {
      summary.notFinite += 1;
      return;
    }
    const x = curve.x[index] ?? null;
    if (summary.min === null || value < summary.min) [summary.min, summary.minAt] = [value, x];
    if (summary.max === null || value > summary.max) [summary.max, summary.maxAt] = [value, x];
  });
  return summary;
}

/** Curves over seconds since the earliest of them began; their x are milliseconds. */
export function sinceStart(groups: readonly (readonly Curve[])[]): Curve[][] {
  const start = groups.flat().reduce((least, curve) => curve.x.reduce((a, b) => Math.min(a, b), least), Infinity);
  return groups.map((curves) => curves.map((curve) => ({ ...curve, x: curve.x.map((x) => (x - start) / 1000) })));
}
