import { describe, expect, it } from "vitest";

import { parseDiff } from "./diff";

const PATCH = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,2 +1,2 @@
 import x
-rate = 1
+rate = 2
diff --git a/old.py b/old.py
deleted file mode 100644
@@ -1 +0,0 @@
--- a comment of SQL
`;

describe("parseDiff", () => {
  it("counts what each file gains and loses", () => {
    const [train, old] = parseDiff(PATCH);
    expect(train).toMatchObject({ file: "train.py", added: 1, removed: 1 });
    expect(train?.lines.map((line) => line.kind)).toEqual(["place", "same", "removed", "added"]);
    expect(old).toMatchObject({ file: "old.py", added: 0, removed: 1 });
  });

  it("takes any text", () => {
    expect(parseDiff("+ a line")).toEqual([
      { file: "", added: 1, removed: 0, lines: [{ kind: "added", text: "+ a line" }] },
    ]);
  });
});
