/** Keeps a live list still: rows may change in place, but they only move or appear when nobody is using the list. */

export interface Rows<T> {
  rows: T[];
  /** Rows that are new but not shown yet. */
  pending: number;
}

/**
 * Bring shown rows up to date with the newest answer.
 *
 * @param shown ids in the order in which they are on the screen
 * @param newest what the server says now, in its order
 * @param hold whether somebody is using the list
 */
export function settleRows<T extends { id: string }>(
  shown: readonly string[],
  newest: readonly T[],
  hold: boolean,
): Rows<T> {
  const byId = new Map(newest.map((row) => [row.id, row]));
  const kept = shown.flatMap((id) => byId.get(id) ?? []);
  if (!hold || kept.length === 0) return { rows: [...newest], pending: 0 };
  const known = new Set(shown);
  return { rows: kept, pending: newest.filter((row) => !known.has(row.id)).length };
}
