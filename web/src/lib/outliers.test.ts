import { describe, expect, it } from "vitest";

import { extentOfMost } from "./outliers";

describe("extentOfMost", () => {
  it("leaves out a twentieth of all points on either side", () => {
    const hundred = Array.from({ length: 101 }, (_, at) => at);
    expect(extentOfMost([hundred])).toEqual({ min: 5, max: 95 });
    expect(extentOfMost([hundred.slice(0, 50), hundred.slice(50)])).toEqual({ min: 5, max: 95 });
  });

  it("passes over what has no place", () => {
    expect(extentOfMost([[null, 1, 2, 3, 4, 5, null]])).toEqual({ min: 2, max: 4 });
  });

  it("leaves few points, and such as are all alike, as they are", () => {
    expect(extentOfMost([[1, 2, 3, 1000]])).toBeNull();
    expect(extentOfMost([[1, 1, 1, 1, 1, 1]])).toBeNull();
  });
});
