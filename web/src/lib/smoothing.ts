/** Curves without their noise. Values that are no finite numbers stay gaps. */

export const SMOOTHINGS = ["ema", "gaussian", "average"] as const;
export type SmoothingKind = (typeof SMOOTHINGS)[number];

export interface Smoothing {
  kind: SmoothingKind;
  /** From 0, which is none, to below 1. */
  strength: number;
}

/** A window at full strength holds so many points. */
const WIDEST = 101;

export type Values = readonly (number | null)[];

/** The smoothed values, as many as there were. */
export function smoothed(y: Values, { kind, strength }: Smoothing): (number | null)[] {
  if (strength <= 0) return [...y];
  switch (kind) {
    case "ema":
      return exponential(y, strength);
    case "gaussian":
      return weighted(y, (windowSize(strength) - 1) / 2, (windowSize(strength) - 1) / 6);
    case "average":
      return weighted(y, (windowSize(strength) - 1) / 2, Infinity);
  }
}

/** How many points a window has: odd, so that it has a middle; at least three. */
export function windowSize(strength: number): number {
  return 2 * Math.max(1, Math.round((strength * (WIDEST - 1)) / 2)) + 1;
}

/** Exponential moving average, without the usual pull towards zero at the beginning. */
function exponential(y: Values, past: number): (number | null)[] {
  let sum = 0;
  let total = 0;
  return y.map((value) => {
    if (value === null) return null;
    sum = past * sum + (1 - past) * value;
    total = past * total + (1 - past);
    return sum / total;
  });
}

/** Mean over a centred window with normally distributed weights, which are equal when `sigma` is infinite. */
function weighted(y: Values, reach: number, sigma: number): (number | null)[] {
  const weights = Array.from({ length: reach + 1 }, (_, distance) => Math.exp(-(distance ** 2) / (2 * sigma ** 2)));
  return y.map((middle, index) => {
    if (middle === null) return null;
    let sum = 0;
    let total = 0;
    for (let other = Math.max(0, index - reach); other <= Math.min(y.length - 1, index + reach); other += 1) {
      const value = y[other] ?? null;
      const weight = weights[Math.abs(other - index)] ?? 0;
      if (value === null) continue;
      sum += weight * value;
      total += weight;
    }
    return sum / total;
  });
}
