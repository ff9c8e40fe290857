import { describe, expect, it } from "vitest";

import { smoothed, windowSize } from "./smoothing";

const NOISE = [1, 5, 2, 8, 3, 9, 4];

describe("smoothed", () => {
  it("is the exponential average with its bias taken out", () => {
    const [first, second, third] = smoothed([2, 4, null, 8], { kind: "ema", strength: 0.5 });
    expect(first).toBeCloseTo(2, 6);
    expect(second).toBeCloseTo((0.5 * 2 * 0.5 + 0.5 * 4) / 0.75, 6);
    expect(third).toBeNull();
  });

  it("is the mean of a centred window, cut at the ends", () => {
    expect(windowSize(0.02)).toBe(3);
    const average = smoothed(NOISE, { kind: "average", strength: 0.02 });
    [3, 8 / 3, 5, 13 / 3, 20 / 3, 16 / 3, 6.5].forEach((value, index) => expect(average[index]).toBeCloseTo(value, 6));
  });

  it("weighs the window by a normal distribution", () => {
    // A window of three has a sigma of a third of a point.
    const weight = Math.exp(-4.5);
    const [, second] = smoothed(NOISE, { kind: "gaussian", strength: 0.02 });
    expect(second).toBeCloseTo((5 + weight * (1 + 2)) / (1 + 2 * weight), 6);
  });

  it.each(["ema", "gaussian", "average"] as const)("leaves gaps, constants and strength 0 alone: %s", (kind) => {
    expect(smoothed(NOISE, { kind, strength: 0 })).toEqual(NOISE);
    expect(smoothed([null, 3, 3, 3], { kind, strength: 0.9 }).map((value) => value && Math.round(value))).toEqual([
      null, 3, 3, 3,
    ]);
  });
});
