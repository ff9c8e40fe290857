import { describe, expect, it } from "vitest";

import { alignCurves, type Curve, notFiniteOf, refined, sinceStart, summarise } from "./curves";

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

describe("notFiniteOf", () => {
  it("names what the server says, by its place", () => {
    const curve = { name: "a", x: [1, 5, 9], y: [1, null, null], not_finite: { "2": "-Infinity" } };
    expect(notFiniteOf(curve)).toEqual([
      { x: 5, text: "NaN" },
      { x: 9, text: "-Infinity" },
    ]);
  });
});

describe("refined", () => {
  it("takes the finer points in the middle, and keeps the others", () => {
    const curve = { name: "a", x: [0, 10, 20, 30], y: [0, 1, 2, 3] };
    const fine = { name: "a", x: [8, 9, 10, 11], y: [5, 6, 7, 8] };
    expect(refined(curve, fine, 8, 21)).toMatchObject({ x: [0, 8, 9, 10, 11, 30], y: [0, 5, 6, 7, 8, 3] });
  });
});
