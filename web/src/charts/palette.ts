/** Colours of series; the values are tokens of the style sheet, so that both themes have their own. */

const COLOURS = 12;

export interface Stroke {
  /** Number of the token `--series-<n>`, from 1. */
  colour: number;
  /** Dash pattern in pixels, for names beyond the number of colours. */
  dash: number[];
}

/** A stroke for each name, the same wherever the name appears. */
export function assignStrokes(names: readonly string[]): Map<string, Stroke> {
  const sorted = [...new Set(names)].sort();
  return new Map(
    sorted.map((name, index) => {
      const round = Math.floor(index / COLOURS);
      return [name, { colour: (index % COLOURS) + 1, dash: round === 0 ? [] : [4 * round, 3] }];
    }),
  );
}
