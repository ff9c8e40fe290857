import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { acted } from "../../state/actions";
import type { TaskRow } from "../../state/task-list";

export interface Selection {
  ids: Signal<ReadonlySet<string>>;
  /** The selected tasks, also those that have scrolled out of what is loaded. */
  rows: readonly TaskRow[];
  clear: () => void;
}

/**
 * Which tasks of a list are selected.
 *
 * @param list names the list; none of another is selected
 * @param known the rows that are loaded
 */
export function useSelection(list: string, known: readonly TaskRow[]): Selection {
  const ids = useSignal<ReadonlySet<string>>(new Set());
  const seen = useRef({ after: acted.value, rows: new Map<string, TaskRow>() });
  // What an action has made of those that are not loaded is not known: they may be in this list no more.
  if (seen.current.after !== acted.value) seen.current = { after: acted.value, rows: new Map() };
  for (const row of known) if (ids.value.has(row.id)) seen.current.rows.set(row.id, row);
  const clear = () => void (ids.value = new Set());
  useEffect(clear, [list]);
  return { ids, rows: [...ids.value].flatMap((id) => seen.current.rows.get(id) ?? []), clear };
}
