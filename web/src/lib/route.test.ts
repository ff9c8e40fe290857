import { describe, expect, it } from "vitest";

import { comparePath, modelPath, ownAddress, parseRoute, projectPath, type Tab, taskPath } from "./route";

describe("task addresses", () => {
  it.each<[string, Tab]>([
    ["/tasks/t1", "scalars"],
    ["/tasks/t1/configuration", "configuration"],
    ["/projects/p/tasks/t1", "scalars"],
    ["/projects/p/tasks/t1/console", "console"],
    ["/projects/p/tasks/t1/output/log", "console"],
    ["/projects/*/experiments/t1/output/log", "console"],
    ["/projects/p/experiments/t1/output/metrics/scalar", "scalars"],
    ["/projects/p/experiments/t1/output/metrics/plots", "plots"],
    ["/projects/p/experiments/t1/output/hyper-params", "configuration"],
    ["/projects/p/experiments/t1/output/execution", "execution"],
    ["/pipelines/p/experiments/t1", "scalars"],
    ["/datasets/simple/p/experiments/t1", "scalars"],
  ])("%s is the tab %s", (path, tab) => expect(parseRoute(path)).toEqual({ page: "task", task: "t1", tab }));

  it("come back from the address that we write", () => {
    const id = "a/b %";
    expect(parseRoute(taskPath(id, "plots"))).toEqual({ page: "task", task: id, tab: "plots" });
  });
});

describe("list addresses", () => {
  it.each([
    ["/", null],
    ["/tasks", null],
    ["/projects/*/tasks", null],
    ["/projects/p1", "p1"],
    [projectPath("p1"), "p1"],
    ["/projects/p1/experiments", "p1"],
  ])("%s lists the project %s", (path, project) => expect(parseRoute(path)).toEqual({ page: "tasks", project }));
});

it("does not guess at other addresses, however they are encoded", () => {
  expect(parseRoute("/nothing/here").page).toBe("unknown");
  expect(parseRoute("/%E0%A4%A").page).toBe("unknown");
});

describe("model addresses", () => {
  it("are our own, and those of other clients", () => {
    const model = { page: "model", model: "m 1", tab: "general" };
    expect(parseRoute(modelPath("m 1"))).toEqual(model);
    expect(parseRoute("/projects/p/models/m%201/general")).toEqual(model);
    expect(parseRoute("/models")).toEqual({ page: "models", project: null });
  });
});

describe("addresses of comparisons", () => {
  it("hold the tasks and the settings", () => {
    expect(comparePath(["a", "b"], "scalars", "ids=x&log=1")).toBe("/compare/scalars?ids=a,b&log=1");
    expect(parseRoute("/compare/scalars")).toEqual({ page: "compare", tab: "scalars" });
  });

  it.each([
    ["/projects/*/compare-tasks;ids=a,b/details", "/compare/details?ids=a,b"],
    ["/projects/p/compare-experiments;ids=a,b/scalars/graph", "/compare/scalars?ids=a,b"],
    ["/projects/p/compare-tasks;ids=a%2Cb/hyper-params/values", "/compare/parameters?ids=a,b"],
    ["/projects/p/compare-tasks;ids=a/metrics-charts/values", "/compare/values?ids=a"],
    ["/projects/p/compare-tasks;ids=a/debug-images", "/compare/samples?ids=a"],
    ["/projects/p/tasks/a", null],
  ])("that existing clients know: %s is %s", (path, own) => expect(ownAddress(path)).toBe(own));
});
