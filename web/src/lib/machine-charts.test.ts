import { describe, expect, it } from "vitest";

import { machineCharts } from "./machine-charts";

const NUMBERS = { dates: [10, 20], stats: [{ values: [1, 2] }] };

describe("machineCharts", () => {
  it("draws what there are numbers for", () => {
    expect(machineCharts([{ metric: "cpu_usage", variant: null, ...NUMBERS }])).toEqual([
      { title: "CPU, %", curves: [{ name: "all", x: [10_000, 20_000], y: [1, 2] }] },
    ]);
    expect(machineCharts([])).toEqual([]);
  });

  it("tells the processors of a kind apart", () => {
    const numbers = [
      { metric: "gpu_memory_used", variant: "gpu0", ...NUMBERS },
      { metric: "gpu_memory_used", variant: "gpu1", ...NUMBERS },
      { metric: "gpu_usage", variant: "gpu0", ...NUMBERS },
      { metric: "gpu_memory_free", variant: "gpu_memory_free", ...NUMBERS },
    ];
    expect(machineCharts(numbers).map(({ title, curves }) => [title, ...curves.map(({ name }) => name)])).toEqual([
      ["GPU, %", "gpu0"],
      ["GPU memory, MB", "gpu0 used", "gpu1 used", "free"],
    ]);
  });
});
