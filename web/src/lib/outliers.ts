/** The part of the y axis that most points are in. */
import type { Values } from "./smoothing";

/** Parts of all points that may lie outside, on either side. */
const OUTSIDE = 0.05;

/** So many points have no outliers. */
const FEWEST = 5;

export interface Extent {
  min: number;
  max: number;
}

/** From the 5th to the 95th percentile of all values; `null` where all are alike, or few. */
export function extentOfMost(curves: readonly Values[]): Extent | null {
  const values = curves.flatMap((y) => y.filter((value): value is number => value !== null && Number.isFinite(value)));
  if (values.length < FEWEST) return null;
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  const min = sorted[Math.ceil(last * OUTSIDE)];
  const max = sorted[Math.floor(last * (1 - OUTSIDE))];
  return min === undefined || max === undefined || min === max ? null : { min, max };
}
