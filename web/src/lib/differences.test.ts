import { expect, it } from "vitest";

import { compareFacts, flatten } from "./differences";

it("puts what differs first, and counts a missing value as another one", () => {
  const first = new Map([
    ["depth", "3"],
    ["rate", "0.1"],
    ["seed", "1"],
  ]);
  const second = new Map([
    ["rate", "0.2"],
    ["seed", "1"],
  ]);

  expect(compareFacts([first, second])).toEqual([
    { name: "depth", values: ["3", undefined], differs: true },
    { name: "rate", values: ["0.1", "0.2"], differs: true },
    { name: "seed", values: ["1", "1"], differs: false },
  ]);
});

it("takes a document apart", () => {
  const document = { script: { branch: "main", tag: "", requirements: { pip: ["a", "b"] } }, type: "training", none: null };

  expect([...flatten(document)]).toEqual([
    ["script.branch", "main"],
    ["script.requirements.pip", "a\nb"],
    ["type", "training"],
  ]);
});
