import { expect, it } from "vitest";

import { fileKind } from "./file-kind";

it.each([
  ["/files/a/b.PNG", "image"],
  ["/files/clip.mp4?x=1", "video"],
  ["/files/report.html#top", "html"],
  ["/files/table.csv.gz", "csv"],
  ["/files/weights.pt", "other"],
  ["", "other"],
])("%j is %s", (address, kind) => expect(fileKind(address)).toBe(kind));
