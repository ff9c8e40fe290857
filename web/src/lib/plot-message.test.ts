import { describe, expect, it } from "vitest";

import { figureHeight, themedLayout } from "./plot-message";

describe("themedLayout", () => {
  it("takes the frame's width and keeps what the figure says of itself", () => {
    const layout = themedLayout({ width: 2000, paper_bgcolor: "red", title: "Loss" }, true);

    expect(layout).toMatchObject({ autosize: true, paper_bgcolor: "red", title: "Loss" });
    expect(layout).not.toHaveProperty("width");
  });

  it("gives text the theme's colour", () => {
    expect(themedLayout({}, true)["font"]).not.toEqual(themedLayout({}, false)["font"]);
  });
});

describe("figureHeight", () => {
  it.each([
    [{ height: 600 }, 600],
    [{ height: "600" }, 600],
    [{ height: 1e9 }, 420],
    [{ height: Infinity }, 420],
    [{}, 420],
  ])("of %j is %d", (layout, height) => {
    expect(figureHeight({ data: [], layout })).toBe(height);
  });
});
