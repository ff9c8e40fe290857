/** Saved views of the task table: the query of an address under a name, kept by the server for each user. */
import { signal } from "@preact/signals";

import { send } from "./session";

const PREFERENCE = "pellucid_views";

/** Queries by name. */
export const savedViews = signal<Readonly<Record<string, string>>>({});

/** Learn which there are. @throws as `send` */
export async function loadViews(): Promise<void> {
  const { preferences } = await send("users.get_preferences", {});
  const found = preferences[PREFERENCE];
  if (typeof found === "object" && found !== null) savedViews.value = found as Record<string, string>;
}

/** Keep a view, or forget it if the query is `null`. @throws as `send` */
export async function saveView(name: string, query: string | null): Promise<void> {
  await loadViews();
  const { [name]: _, ...others } = savedViews.value;
  const next = query === null ? others : { ...others, [name]: query };
  await send("users.set_preferences", { preferences: { [PREFERENCE]: next } });
  savedViews.value = next;
}
