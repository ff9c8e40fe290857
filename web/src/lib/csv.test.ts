import { expect, it } from "vitest";

import { parseCsv, toCsv } from "./csv";

it.each([
  ["a,b\n1,2\n", [["a", "b"], ["1", "2"]]],
  ["a,b\r\n1,", [["a", "b"], ["1", ""]]],
  ['"x, ""y""\n",z', [['x, "y"\n', "z"]]],
  ["", []],
])("%j", (text, rows) => expect(parseCsv(text, ",", 10)).toEqual(rows));

it("stops after so many rows", () => expect(parseCsv("1\n2\n3\n", ",", 2)).toEqual([["1"], ["2"]]));

it("writes what it reads", () => {
  const rows = [
    ["a, b", 'say "x"', "two\nlines"],
    ["1e-7", "", "z"],
  ];
  expect(parseCsv(toCsv(rows), ",", 10)).toEqual(rows);
});
