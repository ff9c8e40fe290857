import { describe, expect, it } from "vitest";

import { makeScale } from "./scale";

describe("makeScale", () => {
  it("places numbers by size", () => {
    const scale = makeScale(["0", "10", "5"], false, String);
    expect(["0", "5", "10", undefined].map(scale.place)).toEqual([0, 0.5, 1, null]);
    expect(scale.ticks.map((tick) => tick.text)).toEqual(["0", "2.5", "5", "7.5", "10"]);
  });

  it("places them by their logarithm", () => {
    const scale = makeScale(["0.001", "0.1", "10", "0"], true, (value) => value.toPrecision(1));
    expect(scale.place("0.1")).toBeCloseTo(0.5);
    expect(scale.place("0")).toBeNull();
  });

  it("places texts one after the other", () => {
    const scale = makeScale(["sgd", "adam", "sgd", "lion"], false, String);
    expect(["adam", "lion", "sgd", "other"].map(scale.place)).toEqual([0, 0.5, 1, null]);
  });

  it("puts a single value into the middle", () => {
    expect(makeScale(["3"], false, String).place("3")).toBe(0.5);
    expect(makeScale(["x"], false, String).place("x")).toBe(0.5);
  });
});
