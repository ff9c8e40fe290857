/** What of a filter and an order the server can do among all tasks; the rest is done among those that were loaded. */
import { amountOf, conjunction, type Filter, type Operator } from "./task-filter";
import type { Sort } from "./task-rows";

/** Filters of the protocol's listings by field; metrics and parameters by their paths (protocol §2.0). */
export type Listing = Record<string, unknown>;

/** Paths of metrics in a task's document, by name. */
export type MetricPaths = ReadonlyMap<string, string>;

type Test = Extract<Filter, { kind: "test" }>;

/** Further patterns of names stand under these keys: a listing has one of each. */
const NAME_KEYS = ["name", "_all_", "_and_"] as const;

const LISTS: Record<string, string> = { status: "status", type: "type", user: "user" };

const STATUS_OF_WORD: Record<string, string> = { draft: "created", running: "in_progress", aborted: "stopped" };

const DATES: Record<string, string> = { created: "created", started: "started", completed: "completed", updated: "last_update" };

/** An age above something is a date before it. */
const TURNED: Partial<Record<Operator, string>> = { ">": "<", ">=": "<=", "<": ">", "<=": ">=" };

const COMPARING: readonly Operator[] = [">", ">=", "<", "<="];

/**
 * Split a filter.
 *
 * @param now milliseconds since the epoch, which ages count from
 */
export function toListing(filter: Filter | null, paths: MetricPaths, now: number): { listing: Listing; rest: Filter | null } {
  const listing: Listing = {};
  const left = conjunction(filter).filter((part) => {
    const negated = part.kind === "not";
    const test = negated ? part.part : part;
    return test.kind !== "test" || !takes(listing, test, negated, paths, now);
  });
  const [only] = left;
  return { listing, rest: only && left.length === 1 ? only : left.length > 0 ? { kind: "every", parts: left } : null };
}

/** Whether a test could be written into a listing. */
function takes(listing: Listing, test: Test, not: boolean, paths: MetricPaths, now: number): boolean {
  const [head = "", ...rest] = test.key.split(".");
  const equal = test.operator === ":" || test.operator === "!=";
  const negated = not !== (test.operator === "!=");
  if (head === "" || head === "name") return !negated && takesName(listing, test);
  if (head === "tag" || head === "tags") return equal && takesTags(listing, test.values, negated);
  if (head in LISTS) return equal && takesList(listing, LISTS[head] ?? "", test.values, negated);
  if (head === "id" && equal && !negated) return takesList(listing, "id", test.values, false);
  const [value = ""] = test.values;
  if (not || test.operator === "!=" || test.operator === "~" || test.values.length !== 1) return false;
  const amount = amountOf(value);
  if (head === "metrics") {
    const path = metricPath(rest.join("."), paths);
    return path !== null && amount !== null && takesRange(listing, path, bounds(test.operator, amount));
  }
  if (head === "params" && rest.length > 1) {
    const path = parameterPath(`${rest[0]}/${rest.slice(1).join(".")}`);
    if (equal && amount === null) return takesList(listing, path, [value], false);
    return amount !== null && takesRange(listing, path, bounds(test.operator, amount), (range) => ({ range }));
  }
  if (head === "iteration") return amount !== null && takesRange(listing, "last_iteration", bounds(test.operator, amount));
  const date = DATES[head];
  const turned = TURNED[test.operator];
  if (!date || !turned || amount === null) return false;
  return takesRange(listing, date, [`${turned}${new Date(now - amount * 1000).toISOString()}`]);
}

function takesName(listing: Listing, { operator, values }: Test): boolean {
  const key = NAME_KEYS.find((each) => listing[each] === undefined);
  if (!key || (operator !== ":" && operator !== "~")) return false;
  const choices = operator === "~" ? values : values.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = choices.length === 1 ? choices[0] : `(${choices.join("|")})`;
  listing[key] = key === "name" ? `(?i)${pattern}` : { fields: ["name"], pattern };
  return true;
}

/** Groups, each begun by an operator and joined by the first one, which is "and". */
function takesTags(listing: Listing, tags: readonly string[], negated: boolean): boolean {
  const before = (listing["tags"] as string[] | undefined) ?? ["__$all"];
  const group = negated ? ["__$all", ...tags.map((tag) => `-${tag}`)] : tags.length === 1 ? ["__$all", ...tags] : ["__$any", ...tags];
  listing["tags"] = [...before, ...group];
  return true;
}

function takesList(listing: Listing, field: string, values: readonly string[], negated: boolean): boolean {
  const before = (listing[field] as string[] | undefined) ?? [];
  const wanted = field === "status" ? values.map((word) => STATUS_OF_WORD[word.toLowerCase()] ?? word.toLowerCase()) : values;
  // A list holds what is wanted once, and "-" in front of what is not.
  if (!negated && (before.some((value) => !value.startsWith("-")) || values.some((value) => value.startsWith("-")))) return false;
  listing[field] = [...before, ...wanted.map((value) => (negated ? `-${value}` : value))];
  return true;
}

function takesRange(listing: Listing, path: string, more: readonly string[], wrap: (range: string[]) => unknown = (range) => range): boolean {
  const before = listing[path];
  const known = Array.isArray(before) ? before : (before as { range?: string[] } | undefined)?.range;
  if (before !== undefined && !known) return false;
  listing[path] = wrap([...((known as string[] | undefined) ?? []), ...more]);
  return true;
}

function bounds(operator: Operator, amount: number): string[] {
  return COMPARING.includes(operator) ? [`${operator}${amount}`] : [`>=${amount}`, `<=${amount}`];
}

/** `val.acc.max` is the greatest value of `val / acc`; without an ending it is the last. */
function metricPath(wanted: string, paths: MetricPaths): string | null {
  for (const [name, path] of paths) {
    const dotted = name.replaceAll(" / ", ".");
    if (dotted === wanted || `${dotted}.last` === wanted) return `${path}.value`;
    if (`${dotted}.min` === wanted) return `${path}.min_value`;
    if (`${dotted}.max` === wanted) return `${path}.max_value`;
  }
  return null;
}

/** Where the value of `section/name` is. */
export function parameterPath(parameter: string): string {
  const at = parameter.indexOf("/");
  const escaped = (text: string) => text.replaceAll("%", "%%").replaceAll(".", "%2E").replaceAll("$", "%24");
  return `hyperparams.${escaped(parameter.slice(0, at))}.${escaped(parameter.slice(at + 1))}.value`;
}

const ORDERS: Record<string, string> = {
  name: "name",
  status: "status",
  type: "type",
  iteration: "last_iteration",
  created: "created",
  started: "started",
  updated: "last_update",
};

/** The protocol's words for an order, newest first by default; `null` for one that only the page can make. */
export function toOrder(sorts: readonly Sort[], paths: MetricPaths): string[] | null {
  if (sorts.length === 0) return ["-created"];
  const fields = sorts.map(({ column, descending }) => {
    const field = orderField(column, paths);
    return field === null ? null : `${descending ? "-" : ""}${field}`;
  });
  return fields.every((field) => field !== null) ? fields : null;
}

function orderField(column: string, paths: MetricPaths): string | null {
  const [, kind, name = ""] = /^(last|min|max|param):(.*)$/s.exec(column) ?? [];
  if (kind === "param") return name.includes("/") ? parameterPath(name) : null;
  if (kind === undefined) return ORDERS[column] ?? null;
  const path = paths.get(name);
  return path ? `${path}.${kind === "last" ? "value" : `${kind}_value`}` : null;
}

/** The columns that a filter looks at, in the page: those of metrics and parameters. */
export function columnsOf(filter: Filter | null, paths: MetricPaths): string[] {
  if (filter === null) return [];
  if (filter.kind === "not") return columnsOf(filter.part, paths);
  if (filter.kind !== "test") return filter.parts.flatMap((part) => columnsOf(part, paths));
  const [head, section = "", ...rest] = filter.key.split(".");
  if (head === "params") return [`param:${section}${rest.length > 0 ? `/${rest.join(".")}` : ""}`];
  if (head !== "metrics") return [];
  const path = metricPath([section, ...rest].join("."), paths);
  return [...paths].filter(([, known]) => path?.startsWith(known)).map(([name]) => `last:${name}`);
}
