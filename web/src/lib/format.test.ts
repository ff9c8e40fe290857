import { describe, expect, it } from "vitest";

import { formatAgo, formatBytes, formatCount, formatDuration, formatNumber, parseDate } from "./format";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [12, "12"],
    [-3, "−3"],
    [0.25, "0.2500"],
    [0.123456, "0.1235"],
    [1234.567, "1234.6"],
    [0.00001234, "1.234e-5"],
    [-2e9, "−2.000e9"],
    [Number.NaN, "NaN"],
    [-Infinity, "−∞"],
    [null, "–"],
    [undefined, "–"],
  ])("writes %s as %s", (value, text) => expect(formatNumber(value)).toBe(text));
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [5 * 1024 ** 3, "5.0 GiB"],
    [null, "–"],
  ])("writes %s as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("times", () => {
  it.each([
    [-1, "0s"],
    [59.9, "59s"],
    [192, "3m 12s"],
    [7500, "2h 5m"],
    [97_200, "1d 3h"],
  ])("a duration of %s seconds is %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [3, "just now"],
    [42, "42 s ago"],
    [150, "2 min ago"],
    [7200, "2 h ago"],
    [3 * 86_400, "3 d ago"],
  ])("%s seconds ago is %s", (seconds, text) => expect(formatAgo(1e12 - seconds * 1000, 1e12)).toBe(text));

  it("reads the protocol's dates and refuses others", () => {
    expect(parseDate("1970-01-01T00:00:01.500000+00:00")).toBe(1500);
    expect(parseDate("soon")).toBeNull();
    expect(parseDate(null)).toBeNull();
  });
});

it("counts in words", () => {
  expect([formatCount(1, "line"), formatCount(1200, "line")]).toEqual(["1 line", "1,200 lines"]);
});
