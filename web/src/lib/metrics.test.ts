import { describe, expect, it } from "vitest";

import { chooseColumns, listMetrics, metricName } from "./metrics";

it.each([
  ["loss", "train", "loss / train"],
  ["loss", "loss", "loss"],
  ["loss", "", "loss"],
  ["Summary", "accuracy", "accuracy"],
])("%s and %s are called %s", (metric, variant, name) => expect(metricName({ metric, variant })).toBe(name));

it("lists a task's metrics by name, without those of the machine", () => {
  const tree = {
    x: { y: { metric: "loss", variant: "10" }, z: { metric: "loss", variant: "9" } },
    m: { c: { metric: ":monitor:machine", variant: "cpu_usage" } },
  };
  expect(listMetrics(tree).map(metricName)).toEqual(["loss / 9", "loss / 10"]);
});

describe("chooseColumns", () => {
  const digits = ["acc / train", "acc / validation", "loss / train", "loss / validation"];

  it("prefers what most tasks have, then what was not trained on", () => {
    expect(chooseColumns([digits, digits, ["rare / test"]], [], 3)).toEqual([
      "acc / validation",
      "loss / validation",
      "acc / train",
    ]);
  });

  it("never moves a column that is on the screen", () => {
    expect(chooseColumns([digits], ["old", "loss / train"], 3)).toEqual(["old", "loss / train", "acc / validation"]);
    expect(chooseColumns([digits], ["a", "b", "c", "d"], 3)).toEqual(["a", "b", "c", "d"]);
  });
});
