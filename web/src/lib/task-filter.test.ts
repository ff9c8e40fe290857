import { describe, expect, it } from "vitest";

import { FilterError, parseFilter, passes } from "./task-filter";

const TASK: Record<string, (string | number)[]> = {
  "": ["ResNet 50 baseline"],
  name: ["ResNet 50 baseline"],
  status: ["running"],
  tag: ["prod", "nightly"],
  "metrics.val.acc.max": [0.93],
  "params.Args.lr": ["1e-3"],
  updated: [7200],
};
const finds = (text: string) => {
  const filter = parseFilter(text);
  return filter === null || passes(filter, (key) => TASK[key] ?? []);
};

it.each([
  "",
  "resnet",
  "resnet baseline",
  '"50 base"',
  "status:failed,running",
  "status=running",
  "tag:prod tag:nightly",
  "tag:prod and not tag:old",
  "-tag:old",
  'name~"res.*50"',
  "metrics.val.acc.max>0.9",
  "metrics.val.acc.max >= 0.93",
  "params.Args.lr<=1e-3",
  "updated<1d updated>1h",
  "(status:failed or status:running) tag:prod",
  "status:failed or tag:prod",
  "status!=failed",
  "params.Args.missing!=3",
])("finds by %s", (text) => expect(finds(text)).toBe(true));

it.each([
  "vgg",
  "status:failed",
  "-tag:prod",
  "not (tag:prod or tag:old)",
  "metrics.val.acc.max<0.9",
  "metrics.loss>0",
  "updated<1h",
  "status:failed or tag:old",
  "status!=running",
  "status:failed or tag:prod tag:old",
])("does not find by %s", (text) => expect(finds(text)).toBe(false));

describe("a filter that makes no sense", () => {
  it.each([
    ["status:", 7],
    ["(a or b", 7],
    ["a )", 2],
    ['name~"("', 5],
    ["metrics.loss>high", 13],
    ['name:"never ends', 5],
  ])("%s is wrong at %i", (text, position) => {
    let error: unknown;
    try {
      parseFilter(text);
    } catch (problem) {
      error = problem;
    }
    expect(error).toBeInstanceOf(FilterError);
    expect((error as FilterError).position).toBe(position);
  });
});
