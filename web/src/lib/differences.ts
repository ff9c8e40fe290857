/** Several things side by side: which of their values differ. */
import { compareText } from "./text-order";

/** A thing's values by name, as texts. */
export type Facts = ReadonlyMap<string, string>;

export interface ComparedRow {
  name: string;
  /** In the order of the things; `undefined` where one has no such value. */
  values: (string | undefined)[];
  differs: boolean;
}

/** One row for each name that any of the things has, those that differ first. */
export function compareFacts(things: readonly Facts[]): ComparedRow[] {
  const names = [...new Set(things.flatMap((facts) => [...facts.keys()]))];
  return names
    .map((name) => {
      const values = things.map((facts) => facts.get(name));
      return { name, values, differs: new Set(values).size > 1 };
    })
    .sort((a, b) => Number(b.differs) - Number(a.differs) || compareText(a.name, b.name));
}

/** A document's leaves by their paths, without those that are empty. Lists of lines are one text. */
export function flatten(document: unknown, path = ""): Map<string, string> {
  if (document === null || document === undefined || document === "") return new Map();
  if (Array.isArray(document)) return flatten(document.map(String).join("\n"), path);
  if (typeof document !== "object") return new Map([[path, String(document)]]);
  const entries = Object.entries(document);
  return new Map(entries.flatMap(([name, value]) => [...flatten(value, path === "" ? name : `${path}.${name}`)]));
}
