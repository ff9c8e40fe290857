import { describe, expect, it } from "vitest";

import { alignCurves, type Curve, sinceStart, smooth, summarise } from "./curves";

const curve = (x: number[], y: (number | null)[], name = "c"): Curve => ({ name, x, y });

describe("alignCurves", () => {
  it("tells a missing point from one that is not finite", () => {
    expect(alignCurves([curve([0, 1, 2], [1, null, 3]), curve([1, 3], [5, 6])])).toEqual({
      x: [0, 1, 2, 3],
      ys: [
        [1, null, 3, undefined],
        [undefined, 5, undefined, 6],
      ],
    });
  });

  it("sorts steps that went backwards and keeps the last value of a repeated one", () => {
    expect(alignCurves([curve([0, 1, 2, 1], [1, 2, 3, 9])])).toEqual({ x: [0, 1, 2], ys: [[1, 9, 3]] });
  });
});

describe("smooth", () => {
  /** The definition, slowly: weights of the past fall geometrically and are normalised. */
  function slowly(y: (number | null)[], weight: number): (number | null)[] {
    return y.map((value, index) => {
      if (value === null) return null;
      const past = y.slice(0, index + 1).filter((item) => item !== null);
      const weights = past.map((_, age) => weight ** (past.length - 1 - age));
      const total = weights.reduce((a, b) => a + b, 0);
      return past.reduce((sum, item, at) => sum + item * (weights[at] ?? 0), 0) / total;
    });
  }

  it.each([0, 0.3, 0.9, 0.999])("equals the plain definition with weight %s", (weight) => {
    const y = [1, 4, null, -2, 8, 8, null, 0.5];
    const expected = slowly(y, weight);
    smooth(y, weight).forEach((value, index) => {
      if (value === null) expect(expected[index]).toBeNull();
      else expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 10);
    });
  });
});

it("says what a picture would tell", () => {
  expect(summarise(curve([0, 5, 7, 9], [3, 1, null, 2]))).toEqual({
    points: 4,
    drawn: 4,
    notFinite: 1,
    last: 2,
    min: 1,
    minAt: 5,
    max: 3,
    maxAt: 0,
  });
  expect(summarise(curve([], []))).toMatchObject({ points: 0, last: null, min: null });
});

it("says the true values where the curve only has means", () => {
  const memory = {
    value: 7,
    min_value: -9,
    min_value_iteration: 40,
    max_value: 12,
    max_value_iteration: 3,
    count: 1000,
  };
  expect(summarise(curve([0, 50], [1, 2]), memory)).toEqual({
    points: 1000,
    drawn: 2,
    notFinite: 0,
    last: 7,
    min: -9,
    minAt: 40,
    max: 12,
    maxAt: 3,
  });
});

it("counts seconds from the first point of all curves", () => {
  const [[a], [b]] = sinceStart([[curve([2000, 4000], [1, 1])], [curve([1000], [1])]]) as [[Curve], [Curve]];
  expect([a.x, b.x]).toEqual([[1, 3], [0]]);
});
