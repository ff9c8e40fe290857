import { expect, it } from "vitest";

import { asNumber, type Cell, clickedSorts, columnsThatVary, columnTitle, groupRows, parseSorts, sortRows, sortsText, spread } from "./task-rows";

const cell = (row: Record<string, Cell>, key: string) => row[key] ?? null;
const sorted = (values: Cell[], order: string) =>
  sortRows(values.map((x) => ({ x })), parseSorts(order), cell).map(({ x }) => x);

it("sorts numbers as numbers", () => expect(sorted(["1e2", "9", "10"].map(asNumber), "x")).toEqual([9, 10, 100]));

it.each(["x", "-x"])("puts blanks last by %s", (order) => expect(sorted([null, 2, 1, Number.NaN], order).slice(2)).toEqual([null, Number.NaN]));

it("sorts by several columns", () => {
  const rows = [
    { a: 1, b: 2 },
    { a: 2, b: 1 },
    { a: 1, b: 3 },
  ];
  expect(sortRows(rows, parseSorts("a|-b"), cell).map(({ b }) => b)).toEqual([3, 2, 1]);
});

it("goes from ascending to descending to none with each click", () => {
  const once = clickedSorts([], "loss", false);
  const twice = clickedSorts(once, "loss", false);
  expect(sortsText(once)).toBe("loss");
  expect(sortsText(twice)).toBe("-loss");
  expect(clickedSorts(twice, "loss", false)).toEqual([]);
  expect(sortsText(clickedSorts(once, "lr", true))).toBe("loss|lr");
});

it("groups with mean and deviation", () => {
  const rows = [
    { lr: 0.1, acc: 1 },
    { lr: 0.2, acc: 5 },
    { lr: 0.1, acc: 3 },
  ];
  const [first, second] = groupRows(rows, ["lr"], cell);
  expect(first?.values).toEqual([0.1]);
  expect(spread(first?.rows.map(({ acc }) => acc) ?? [])).toEqual({ count: 2, mean: 2, deviation: Math.SQRT2 });
  expect(spread(second?.rows.map(({ acc }) => acc) ?? [])?.deviation).toBeNull();
});

it.each([
  ["status", "Status"],
  ["last:loss / train", "loss / train"],
  ["max:acc", "acc (max)"],
  ["param:Args/lr", "Args/lr"],
])("heads %s with %s", (key, title) => expect(columnTitle(key)).toBe(title));

it("tells the columns that vary, blanks included", () => {
  const cell = (row: Record<string, Cell>, key: string) => row[key] ?? null;
  const rows = [
    { same: 1, other: "a", sometimes: 0.5 },
    { same: 1, other: "b" },
  ];
  expect(columnsThatVary(rows, ["same", "other", "sometimes", "never"], cell)).toEqual(["other", "sometimes"]);
  expect(columnsThatVary(rows.slice(1), ["same", "never"], cell)).toEqual(["same", "never"]);
});
