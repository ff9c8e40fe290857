import { expect, it } from "vitest";

import { namePattern } from "./search";

it.each([
  ["", undefined],
  ["  ", undefined],
  [" resnet ", "(?i)resnet"],
  ["a.b (1)", "(?i)a\\.b \\(1\\)"],
])("%j becomes %j", (text, pattern) => expect(namePattern(text)).toBe(pattern));
