/** Names of projects, asked for once. */
import { signal } from "@preact/signals";

import { send } from "./session";

/** Project id to full name, of the projects met so far. */
export const projectNames = signal<ReadonlyMap<string, string>>(new Map());

/** Learn the names that are still missing. */
export async function learnProjects(ids: readonly (string | null | undefined)[], abort?: AbortSignal): Promise<void> {
  const missing = [...new Set(ids)].filter((id): id is string => !!id && !projectNames.peek().has(id));
  if (missing.length === 0) return;
  const { projects } = await send(
    "projects.get_all",
    { id: missing, only_fields: ["name"], search_hidden: true },
    abort,
  );
  projectNames.value = new Map([...projectNames.peek(), ...projects.map(({ id, name }) => [id, name] as const)]);
}
