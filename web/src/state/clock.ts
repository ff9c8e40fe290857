/** What time it is, for everything that says "3 min ago". */
import { signal } from "@preact/signals";

/** Milliseconds since the epoch; moves on once a second while the page is visible. */
export const now = signal(Date.now());

export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 1000);
}
