import { describe, expect, it } from "vitest";

import { parseFigure } from "./figure";

describe("parseFigure", () => {
  it("reads a confusion matrix", () => {
    const figure = {
      data: [
        {
          type: "heatmap",
          z: [
            [5, 1],
            [0, 7],
          ],
          x: ["cat", "dog"],
          y: ["cat", "dog"],
        },
      ],
      layout: { title: { text: "confusion" }, xaxis: { title: "predicted" }, yaxis: { title: { text: "true" } } },
    };
    expect(parseFigure(JSON.stringify(figure))).toEqual({
      kind: "heatmap",
      title: "confusion",
      xTitle: "predicted",
      yTitle: "true",
      xLabels: ["cat", "dog"],
      yLabels: ["cat", "dog"],
      cells: [
        [5, 1],
        [0, 7],
      ],
    });
  });

  it("numbers rows and columns without labels, and reads Python's NaN, but not inside texts", () => {
    const text = '{"data": [{"type": "heatmap", "z": [[NaN, -Infinity, 2]]}], "layout": {"title": "a \\"NaN\\" b"}}';
    expect(parseFigure(text)).toMatchObject({
      title: 'a "NaN" b',
      xLabels: ["0", "1", "2"],
      yLabels: ["0"],
      cells: [[null, null, 2]],
    });
  });

  it("turns a table's columns into rows", () => {
    const figure = {
      data: [{ type: "table", header: { values: ["a", ["b", "c"]] }, cells: { values: [[1, 2], ["x"]] } }],
    };
    expect(parseFigure(JSON.stringify(figure))).toEqual({
      kind: "table",
      title: "",
      header: ["a", "b c"],
      rows: [
        ["1", "x"],
        ["2", ""],
      ],
    });
  });

  it("finds the picture that a figure consists of", () => {
    const figure = { data: [], layout: { images: [{ source: "http://server/files/a.png" }] } };
    expect(parseFigure(JSON.stringify(figure))).toEqual({ kind: "image", source: "http://server/files/a.png" });
  });

  it.each(['{"data": [{"type": "heatmap", "z": {"bdata": "AA=="}}]}', '{"data": [{"x": [1]}, {"type": "bar"}]}'])(
    "leaves %s to Plotly",
    (text) => {
      const { data } = JSON.parse(text);
      expect(parseFigure(text)).toEqual({ kind: "other", figure: { data, layout: {} } });
    },
  );

  it.each(["{}", "not json", "[]"])("calls %s broken", (text) => {
    expect(parseFigure(text)).toEqual({ kind: "broken" });
  });
});
