/** Which screen an address means. Understands our own addresses and those that existing clients print (protocol §1.12). */

export const TABS = ["execution", "configuration", "scalars", "plots", "samples", "console", "artifacts", "info"] as const;
export type Tab = (typeof TABS)[number];

export const COMPARE_TABS = ["details", "parameters", "scalars", "values", "parallel", "scatter", "plots", "samples"] as const;
export type CompareTab = (typeof COMPARE_TABS)[number];

export const MODEL_TABS = ["general", "scalars", "plots"] as const;
export type ModelTab = (typeof MODEL_TABS)[number];

export type Route =
  | { page: "tasks"; project: string | null }
  | { page: "task"; task: string; tab: Tab }
  | { page: "compare"; tab: CompareTab }
  | { page: "projects" | "queues" | "workers" | "settings" }
  | { page: "models"; project: string | null }
  | { page: "model"; model: string; tab: ModelTab }
  | { page: "unknown"; path: string };

/** Last parts of the addresses of the web page that people know, and the tab that shows the same. */
const TAB_OF_TAIL: Record<string, Tab> = {
  general: "info",
  log: "console",
  scalar: "scalars",
  scalars: "scalars",
  plots: "plots",
  debugImages: "samples",
  "hyper-params": "configuration",
  artifacts: "artifacts",
};

const DEFAULT_TAB: Tab = "scalars";

/** The address of a task's tab. */
export function taskPath(task: string, tab: Tab = DEFAULT_TAB): string {
  return `/tasks/${encodeURIComponent(task)}/${tab}`;
}

/** The address of a project's tasks. */
export function projectPath(project: string): string {
  return `/projects/${encodeURIComponent(project)}/tasks`;
}

/** The address of a model's tab. */
export function modelPath(model: string, tab: ModelTab = "general"): string {
  return `/models/${encodeURIComponent(model)}/${tab}`;
}

/** The address of a comparison; `query` is that of the comparison on the screen, whose settings stay. */
export function comparePath(ids: readonly string[], tab: CompareTab = "parameters", query = ""): string {
  const rest = new URLSearchParams(query);
  rest.delete("ids");
  const settings = rest.toString();
  return `/compare/${tab}?ids=${ids.map(encodeURIComponent).join(",")}${settings && `&${settings}`}`;
}

/** The screen for the path part of an address. */
export function parseRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decode);
  const [first, second, third, fourth] = parts;
  switch (first) {
    case undefined:
    case "dashboard":
      return { page: "tasks", project: null };
    case "tasks":
      return second ? task(second, parts.slice(2)) : { page: "tasks", project: null };
    case "queues":
    case "workers":
    case "settings":
      return { page: first };
    case "workers-and-queues":
      return { page: second === "workers" ? "workers" : "queues" };
    case "projects":
    case "pipelines":
      if (!second) return { page: "projects" };
      if (third === "models") return fourth ? model(fourth, parts[4]) : { page: "models", project: second ?? null };
      if (isTaskFolder(third) && fourth) return task(fourth, parts.slice(4));
      return { page: "tasks", project: second !== "*" ? second : null };
    case "models":
      return second ? model(second, third) : { page: "models", project: null };
    case "compare":
      return { page: "compare", tab: COMPARE_TABS.find((tab) => tab === second) ?? "parameters" };
    case "datasets":
      if (second === "simple" && isTaskFolder(fourth) && parts[4]) return task(parts[4], parts.slice(5));
      return { page: "unknown", path };
    default:
      return { page: "unknown", path };
  }
}

function model(id: string, tail: string | undefined): Route {
  return { page: "model", model: id, tab: MODEL_TABS.find((tab) => tab === tail) ?? "general" };
}

function task(id: string, rest: string[]): Route {
  const tail = rest.at(-1);
  if (tail === undefined) return { page: "task", task: id, tab: DEFAULT_TAB };
  const own = TABS.find((tab) => tab === tail);
  return { page: "task", task: id, tab: own ?? TAB_OF_TAIL[tail] ?? "info" };
}

function isTaskFolder(part: string | undefined): boolean {
  return part === "tasks" || part === "experiments";
}

/** A part of a path as text; one that is not well encoded stays as it is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Last parts of the addresses of comparisons that people know, and the tab that shows the same. */
const COMPARE_TAB_OF: readonly [RegExp, CompareTab][] = [
  [/hyper-params\/(?:graph|parallel)/, "parallel"],
  [/hyper-params\/scatter/, "scatter"],
  [/hyper-params/, "parameters"],
  [/(?:scalars|metrics-charts)\/values/, "values"],
  [/scalars|metrics-charts/, "scalars"],
  [/plots/, "plots"],
  [/debug/, "samples"],
];

/**
 * Our own address for one of another web page that names its tasks in the path, such as
 * `/projects/*\/compare-tasks;ids=a,b/scalars/graph`; `null` for any other.
 */
export function ownAddress(path: string): string | null {
  const [, ids = "", rest = ""] = /\/compare-(?:tasks|experiments);ids=([^/;]*)[^/]*(.*)$/.exec(path) ?? [];
  if (ids === "") return null;
  const tab = COMPARE_TAB_OF.find(([pattern]) => pattern.test(rest))?.[1] ?? "details";
  return comparePath(decode(ids).split(",").filter(Boolean), tab);
}
