import { describe, expect, it } from "vitest";

import { figureHeight, themedLayout } from "./plot-message";

describe("themedLayout", () => {
  it("takes the frame's width and keeps what the figure says of itself", () => {
    const layout = themedLayout({ width: 2000, paper_bgcolor: "red", title: "Loss" }, true);

    expect(layout).toMatchObject({ autosize: true, paper_bgcolor: "red", title: "Loss" });
    expect(layout).not.toHaveProperty("width");
  });

  it("gives a figure without colours those of the theme", () => {
    expect(themedLayout({}, true)["template"]).not.toEqual(themedLayout({}, false)["template"]);
  });

  it("leaves a figure with colours of its own readable", () => {
    expect(themedLayout({ template: "own" }, true)).toEqual({ template: "own", autosize: true });
    expect(themedLayout({ paper_bgcolor: "white" }, true)["template"]).toEqual(themedLayout({}, false)["template"]);
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
