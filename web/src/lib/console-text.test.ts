import { describe, expect, it } from "vitest";

import { severity, styledLines, withPage } from "./console-text";

function plainLines(message: string): string[] {
  return styledLines(message).map((line) => line.map(({ text }) => text).join(""));
}

describe("plainLines", () => {
  it.each([
    ["one\ntwo\n", ["one", "two"]],
    ["windows\r\nends\r\n", ["windows", "ends"]],
    ["\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007", ["red link"]],
    ["10%\r50%\r100%", ["100%"]],
    ["done\r", ["done"]],
    ["a\n\nb", ["a", "", "b"]],
    ["bell\u0007 tab\tkept", ["bell tab\tkept"]],
    ["<script>alert(1)</script>", ["<script>alert(1)</script>"]],
    ["", [""]],
  ])("%j reads %j", (message, lines) => expect(plainLines(message)).toEqual(lines));
});

describe("withPage", () => {
  const events = (...timestamps: number[]) => timestamps.map((timestamp) => ({ timestamp }));

  it("replaces what the page covers, so that late lines find their place", () => {
    expect(withPage(events(1, 2, 5), events(3, 4, 5, 6), 2)).toEqual(events(1, 2, 3, 4, 5, 6));
  });

  it("appends to a log that ended before the page", () => {
    expect(withPage(events(1, 2), events(3), 2)).toEqual(events(1, 2, 3));
    expect(withPage([], events(3), 0)).toEqual(events(3));
  });
});

it.each([
  ["ERROR", "error"],
  ["critical", "error"],
  ["warning", "warning"],
  ["DEBUG", "quiet"],
  ["info", "plain"],
  [undefined, "plain"],
] as const)("level %s is %s", (level, loudness) => expect(severity(level)).toBe(loudness));

describe("styledLines", () => {
  const red = { text: "red", style: "ansi-red" };

  it.each([
    ["\u001b[31mred\u001b[0m plain", [[red, { text: " plain", style: "" }]]],
    ["\u001b[1;91mred\u001b[22m\nred", [[{ text: "red", style: "ansi-bold ansi-red" }], [red]]],
    ["\u001b[38;5;31mtext\u001b[K", [[{ text: "text", style: "" }]]],
    ["1 %\r\u001b[31m50 %\rred\n", [[red]]],
    ["a\n\nb", [[{ text: "a", style: "" }], [], [{ text: "b", style: "" }]]],
  ])("%j", (message, lines) => expect(styledLines(message)).toEqual(lines));
});
