import { describe, expect, it } from "vitest";

import { fileLink, imageAddress, repositoryLink } from "./links";

const PAGE = "http://127.0.0.1:8008";

it.each([
  ["http://127.0.0.1:8008/files/p/t.1/model.bin", "/files/p/t.1/model.bin"],
  ["http://localhost:8008/files/a%20b?x=1", "/files/a%20b?x=1"],
])("%s is on this server", (uri, href) => expect(fileLink(uri, PAGE)).toMatchObject({ kind: "own", href }));

it.each(["http://127.0.0.1:9999/files/x", "https://127.0.0.1:8008/files/x", "http://example.org/x"])(
  "%s is elsewhere",
  (uri) => expect(fileLink(uri, PAGE)).toEqual({ kind: "external", href: uri, host: new URL(uri).host }),
);

it.each([
  "s3://bucket/x",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,x",
  "http://u:p@127.0.0.1:8008/x",
  "x",
  "",
  null,
])("%s is no link", (uri) => expect(fileLink(uri, PAGE)).toEqual({ kind: "text" }));

describe("imageAddress", () => {
  it.each([
    ["http://localhost:8008/files/a.png", "/files/a.png"],
    ["data:image/png;base64,AAAA", "data:image/png;base64,AAAA"],
    ["data:image/svg+xml,<svg onload=alert(1)>", null],
    ["https://elsewhere.example/a.png", null],
    ["/tmp/a.png", null],
  ])("of %s is %s", (uri, address) => expect(imageAddress(uri, "http://localhost:8008")).toBe(address));
});

describe("repositoryLink", () => {
  it.each([
    ["https://example.org/a/b.git", null, "https://example.org/a/b"],
    ["git@example.org:a/b.git", "12ab", "https://example.org/a/b/commit/12ab"],
    ["ssh://git@example.org:2222/a/b", null, "https://example.org/a/b"],
    ["https://user:secret@example.org/a/b", null, "https://example.org/a/b"],
    ["/srv/git/b", null, null],
    ["javascript:alert(1)", null, null],
    ["", null, null],
  ])("of %s at %s is %s", (repository, commit, page) => expect(repositoryLink(repository, commit)).toBe(page));
});
