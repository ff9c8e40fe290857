import { expect, it } from "vitest";

import { parseFilter } from "./task-filter";
import { columnsOf, toListing, toOrder } from "./task-query";

const PATHS = new Map([
  ["val / acc", "last_metrics.a.b"],
  ["epoch loss", "last_metrics.c.c"],
]);
const NOON = Date.UTC(2026, 0, 3, 12);

it.each([
  ["", {}],
  ["resnet", { name: "(?i)resnet" }],
  ['"a (b)" two', { name: "(?i)a \\(b\\)", _all_: { fields: ["name"], pattern: "two" } }],
  ['name~"res.*50"', { name: "(?i)res.*50" }],
  ["status:running,failed", { status: ["in_progress", "failed"] }],
  ["-status:draft", { status: ["-created"] }],
  ["tag:a tag:b,c -tag:d", { tags: ["__$all", "__$all", "a", "__$any", "b", "c", "__$all", "-d"] }],
  ["metrics.val.acc.max>0.9 metrics.val.acc.max<=1", { "last_metrics.a.b.max_value": [">0.9", "<=1"] }],
  ['"metrics.epoch loss"<1', { "last_metrics.c.c.value": ["<1"] }],
  ["params.Args.lr<=1e-3", { "hyperparams.Args.lr.value": { range: ["<=0.001"] } }],
  ["params.Args.lr:0.1", { "hyperparams.Args.lr.value": { range: [">=0.1", "<=0.1"] } }],
  ["params.Args.net.kind:adam", { "hyperparams.Args.net%2Ekind.value": ["adam"] }],
  ["updated<1d iteration>=5", { last_update: [">2026-01-02T12:00:00.000Z"], last_iteration: [">=5"] }],
])("the server does all of %s", (text, listing) => {
  expect(toListing(parseFilter(text), PATHS, NOON)).toEqual({ listing, rest: null });
});

it.each([
  ["a or b", {}, "a or b"],
  ["tag:x (a or b)", { tags: ["__$all", "__$all", "x"] }, "a or b"],
  ["-resnet", {}, "-resnet"],
  ["metrics.unknown>1 project:x status:failed", { status: ["failed"] }, "metrics.unknown>1 project:x"],
  ["a b c d", { name: "(?i)a", _all_: { fields: ["name"], pattern: "b" }, _and_: { fields: ["name"], pattern: "c" } }, "d"],
])("of %s, the page does the rest", (text, listing, rest) => {
  expect(toListing(parseFilter(text), PATHS, NOON)).toEqual({ listing, rest: parseFilter(rest) });
});

it("orders by fields, metrics and parameters", () => {
  const sorts = [
    { column: "min:val / acc", descending: true },
    { column: "param:Args/net.lr", descending: false },
    { column: "updated", descending: true },
  ];
  expect(toOrder(sorts, PATHS)).toEqual(["-last_metrics.a.b.min_value", "hyperparams.Args.net%2Elr.value", "-last_update"]);
  expect(toOrder([], PATHS)).toEqual(["-created"]);
  expect(toOrder([{ column: "duration", descending: false }], PATHS)).toBeNull();
});

it("knows which columns a filter looks at", () => {
  expect(columnsOf(parseFilter("metrics.val.acc>1 or not params.Args.net.kind:adam"), PATHS)).toEqual([
    "last:val / acc",
    "param:Args/net.kind",
  ]);
});
