/** Colours of series; the values are tokens of the style sheet, so that both themes have their own. */

import { compareText } from "../lib/text-order";

const COLOURS = 12;

export interface Stroke {
  /** Number of the token `--series-<n>`, from 1. */
  colour: number;
  /** Dash pattern in pixels, for names beyond the number of colours. */
  dash: number[];
}

/** A stroke for each name, the same wherever the name appears; the names that appear most get the first colours. */
export function assignStrokes(names: readonly string[]): Map<string, Stroke> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || compareText(a, b));
  return new Map(
    sorted.map((name, index) => {
      const round = Math.floor(index / COLOURS);
      return [name, { colour: (index % COLOURS) + 1, dash: round === 0 ? [] : [4 * round, 3] }];
    }),
  );
}
