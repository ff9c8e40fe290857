import { expect, it } from "vitest";

import { settleRows } from "./rows";

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

it("takes the server's order when nobody is looking", () => {
  expect(settleRows(["a", "b"], rows("c", "b", "a"), false)).toEqual({ rows: rows("c", "b", "a"), pending: 0 });
});

it("moves no row while the list is in use, and counts what is new", () => {
  expect(settleRows(["a", "b"], rows("c", "b", "a"), true)).toEqual({ rows: rows("a", "b"), pending: 1 });
});

it("drops rows that are gone even while the list is in use", () => {
  expect(settleRows(["a", "b"], rows("b"), true)).toEqual({ rows: rows("b"), pending: 0 });
});

it("fills an empty list at once", () => {
  expect(settleRows([], rows("a"), true)).toEqual({ rows: rows("a"), pending: 0 });
});
