import { expect, it } from "vitest";

import { matcher } from "./match";

it.each([
  ["", "anything", true],
  ["ACC", "val/accuracy", true],
  ["a.c", "accuracy", false],
  ["/^val.*acc/", "val/accuracy", true],
  ["/^val.*acc/", "train/accuracy", false],
  ["/(/", "a/(/b", true],
  ["/(/", "b", false],
])("%j finds %j: %s", (text, name, found) => expect(matcher(text)(name)).toBe(found));
