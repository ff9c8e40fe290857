/** Where values stand on an axis, for drawings that are no curves: numbers by size, texts one after the other. */
import { compareText } from "./text-order";

export interface Scale {
  /** From 0 (beginning) to 1 (end); `null` for a value that has no place. */
  place: (value: string | undefined) => number | null;
  /** What is written beside the axis. */
  ticks: { at: number; text: string }[];
}

/**
 * @param values all values of the axis; it is one of numbers if all of them are
 * @param logarithmic whether numbers are placed by their logarithm; those that have none have no place
 * @param write how a number is written
 */
export function makeScale(
  values: readonly (string | undefined)[],
  logarithmic: boolean,
  write: (value: number) => string,
): Scale {
  const present = values.filter((value) => value !== undefined && value !== "");
  const numbers = present.map(Number);
  return numbers.every(Number.isFinite) ? numeric(numbers, logarithmic, write) : categories(present as string[]);
}

function numeric(numbers: readonly number[], logarithmic: boolean, write: (value: number) => string): Scale {
  const forward = logarithmic ? Math.log : (value: number) => value;
  const back = logarithmic ? Math.exp : (value: number) => value;
  const positions = numbers.map(forward).filter(Number.isFinite);
  const least = positions.reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = positions.reduce((a, b) => Math.max(a, b), -Infinity);
  const width = greatest - least;
  const place = (value: string | undefined) => {
    const position = value === undefined || value === "" ? Number.NaN : forward(Number(value));
    if (!Number.isFinite(position)) return null;
    return width === 0 ? 0.5 : (position - least) / width;
  };
  if (positions.length === 0) return { place, ticks: [] };
  if (width === 0) return { place, ticks: [{ at: 0.5, text: write(back(least)) }] };
  return { place, ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: write(back(least + at * width)) })) };
}

function categories(texts: readonly string[]): Scale {
  const distinct = [...new Set(texts)].sort(compareText);
  const at = (index: number) => (distinct.length === 1 ? 0.5 : index / (distinct.length - 1));
  return {
    place: (value) => {
      const index = value === undefined ? -1 : distinct.indexOf(value);
      return index === -1 ? null : at(index);
    },
    ticks: distinct.map((text, index) => ({ at: at(index), text })),
  };
}
