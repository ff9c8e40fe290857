import { describe, expect, it } from "vitest";

import { readZipDirectory } from "./zip";

// Only the directory and the end record of an archive.
function archive(names: readonly string[]): ArrayBuffer {
  const entries = names.flatMap((name) => {
    const entry = new Uint8Array(46 + name.length);
    const view = new DataView(entry.buffer);
    view.setUint32(0, 0x02014b50, true);
    view.setUint32(24, 1000, true);
    view.setUint16(28, name.length, true);
    entry.set(new TextEncoder().encode(name), 46);
    return [...entry];
  });
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint32(12, entries.length, true);
  return new Uint8Array([...entries, ...end]).buffer;
}

describe("readZipDirectory", () => {
  it("names the entries", () => {
    expect(readZipDirectory(archive(["a", "b/c.txt"]))).toEqual([
      { name: "a", size: 1000 },
      { name: "b/c.txt", size: 1000 },
    ]);
  });

  it("finds none in something else", () => {
    expect(readZipDirectory(new TextEncoder().encode("no archive at all, only text").buffer as ArrayBuffer)).toBeNull();
  });
});
