/** What can be done with tasks and models: with many at once, shown at once, and taken back where that is possible. */
import { signal } from "@preact/signals";

import { formatCount } from "../lib/format";
import { ask, notify } from "./notices";
import { projectNames } from "./projects";
import { send } from "./session";

/** What can be acted upon. */
export interface Thing {
  id: string;
  name: string;
  project?: string | null;
  tags?: string[];
}

/** What the server said no to. */
export interface Refusal {
  id: string;
  text: string;
}

export interface Action<T extends Thing> {
  label: string;
  /** How its success is told: "Archived 2 tasks." */
  done: string;
  /** Whether the state of a thing allows it; any does, if absent. */
  allows?: (thing: T) => boolean;
  /** Only for what is in the archive, or only for what is not; both, if absent. */
  archived?: boolean;
  /** Not for several at once. */
  single?: boolean;
  danger?: boolean;
  /** Asks for what it has to know; `null` if the person thought better of it. */
  details?: (things: readonly T[], named: string) => Promise<string | null>;
  /** Has the server do it. @throws as `send` */
  request: (things: readonly T[], value: string) => Promise<Refusal[]>;
  /** What a thing will be like, `null` for gone from here: shown until the server has answered. */
  forecast?: (thing: T, value: string) => Partial<T> | null;
  /** Takes it back. @throws as `send` */
  undo?: (things: readonly T[], value: string) => Promise<Refusal[]>;
}

type Forecast = Partial<Thing> | null;

/** Things as they will be once the server has done what was asked for. */
export const forecasts = signal<ReadonlyMap<string, Forecast>>(new Map());

/** Moves on after every action, so that what is on the screen is loaded again. */
export const acted = signal(0);

/** By then, what is on the screen has been loaded again; milliseconds. */
const SETTLED_AFTER = 1500;

/** A thing as it will soon be; none if it will be gone. */
export function asExpected<T extends Thing>(thing: T): T[] {
  const forecast = forecasts.value.get(thing.id);
  return forecast === null ? [] : forecast === undefined ? [thing] : [{ ...thing, ...forecast }];
}

/** Those of some things that an action is allowed for. */
export function permitted<T extends Thing>(action: Action<T>, things: readonly T[], archived: boolean): T[] {
  if (action.archived !== undefined && action.archived !== archived) return [];
  if (action.single && things.length > 1) return [];
  return things.filter((thing) => action.allows?.(thing) ?? true);
}

/**
 * Do something, asking for what it needs; says how it went.
 *
 * @param noun what the things are called
 * @returns whether all of it was done
 */
export async function act<T extends Thing>(action: Action<T>, things: readonly T[], noun: string): Promise<boolean> {
  const named = things.length === 1 ? `“${things[0]?.name}”` : formatCount(things.length, noun);
  const value = action.details ? await action.details(things, named) : "";
  if (value === null) return false;
  const { forecast, undo } = action;
  if (forecast) expect(new Map(things.map((thing) => [thing.id, forecast(thing, value)])));
  try {
    const refused = await action.request(things, value);
    const worked = things.filter(({ id }) => !refused.some((refusal) => refusal.id === id));
    forget(refused.map(({ id }) => id));
    const success = worked.length > 0 ? `${action.done} ${formatCount(worked.length, noun)}.` : "";
    notify([success, refused[0]?.text].filter(Boolean).join(" "), {
      failed: refused.length > 0,
      undo: undo && worked.length > 0 ? () => void takeBack(undo(worked, value)) : undefined,
    });
    return refused.length === 0;
  } catch (error) {
    forget(things.map(({ id }) => id));
    notify(sentence(error), { failed: true });
    return false;
  } finally {
    settle();
  }
}

async function takeBack(undoing: Promise<Refusal[]>): Promise<void> {
  forecasts.value = new Map();
  try {
    const refused = await undoing;
    notify(refused[0]?.text ?? "Undone.", { failed: refused.length > 0 });
  } catch (error) {
    notify(sentence(error), { failed: true });
  } finally {
    settle();
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function expect(more: ReadonlyMap<string, Forecast>): void {
  forecasts.value = new Map([...forecasts.peek(), ...more]);
}

function forget(ids: readonly string[]): void {
  forecasts.value = new Map([...forecasts.peek()].filter(([id]) => !ids.includes(id)));
}

function settle(): void {
  acted.value += 1;
  const settled = [...forecasts.peek().keys()];
  setTimeout(() => forget(settled), SETTLED_AFTER);
}

/** Asks for a tag to add. */
export async function askTag(_: readonly Thing[], named: string): Promise<string | null> {
  return ask({ title: `Add a tag to ${named}`, yes: "Add tag", field: { label: "Tag", value: "" } });
}

/** Asks which of their tags to remove. */
export async function askOwnTag(things: readonly Thing[], named: string): Promise<string | null> {
  const all = [...new Set(things.flatMap(({ tags = [] }) => tags))];
  const options = all.map((tag) => ({ value: tag, text: tag }));
  return ask({ title: `Remove a tag from ${named}`, yes: "Remove tag", field: { label: "Tag", value: all[0] ?? "", options } });
}

/** Asks for another name. */
export async function askName(things: readonly Thing[], named: string): Promise<string | null> {
  return ask({ title: `Rename ${named}`, yes: "Rename", field: { label: "Name", value: things[0]?.name ?? "" } });
}

/** Asks for the name of a project, which may be a new one. */
export async function askProject(things: readonly Thing[], named: string): Promise<string | null> {
  const { projects } = await send("projects.get_all", { only_fields: ["name"], order_by: ["name"] });
  const value = projectNames.peek().get(things[0]?.project ?? "") ?? "";
  const suggestions = projects.map(({ name }) => name);
  return ask({ title: `Move ${named}`, yes: "Move", field: { label: "Project", value, suggestions } });
}

/** A question of yes or no. */
export function confirmed(yes: string, text: string, danger = false): NonNullable<Action<Thing>["details"]> {
  return (_, named) => ask({ title: `${yes} ${named}`, yes, text, danger });
}

export const withTag = ({ tags = [] }: Thing, tag: string): { tags: string[] } => ({ tags: [...new Set([...tags, tag])] });
export const withoutTag = ({ tags = [] }: Thing, tag: string): { tags: string[] } => ({ tags: tags.filter((each) => each !== tag) });
export const gone = (): null => null;

export const idsOf = (things: readonly Thing[]): string[] => things.map(({ id }) => id);

/** What an action on many could not do. */
export function refusals(failed: readonly { id: string; error: { msg: string } }[]): Refusal[] {
  return failed.map(({ id, error }) => ({ id, text: error.msg }));
}
