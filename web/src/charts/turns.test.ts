import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { inTurn, leaveTurn } from "./turns";

/** Two charts fit into a frame. */
const DRAWING = 2;

describe("inTurn", () => {
  let now = 0;
  let frames: (() => void)[] = [];
  let drawn: string[] = [];
  const charts = ["first", "second", "third"].map((name) => ({ name }));
  const draw = (name: string) => () => {
    drawn.push(name);
    now += DRAWING;
  };
  const nextFrame = () => {
    drawn = [];
    frames.splice(0).forEach((callback) => callback());
    return drawn;
  };

  beforeEach(() => {
    frames = [];
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => frames.push(callback));
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });
  afterEach(() => vi.restoreAllMocks());

  it("draws as many in a frame as fit, and the others in the next", () => {
    charts.forEach((chart) => inTurn(chart, draw(chart.name)));
    expect(nextFrame()).toEqual(["first", "second"]);
    expect(nextFrame()).toEqual(["third"]);
    expect(frames).toEqual([]);
  });

  it("lets those that were drawn before wait behind the others, and draws each as it looks last", () => {
    charts.forEach((chart) => inTurn(chart, draw(chart.name)));
    nextFrame();
    charts.forEach((chart) => inTurn(chart, draw(`${chart.name} again`)));
    expect(nextFrame()).toEqual(["third again", "first again"]);
    expect(nextFrame()).toEqual(["second again"]);
  });

  it("leaves out those that are gone", () => {
    charts.forEach((chart) => inTurn(chart, draw(chart.name)));
    leaveTurn(charts[0] as object);
    expect(nextFrame()).toEqual(["second", "third"]);
  });
});
