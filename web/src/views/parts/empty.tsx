import type { ComponentChildren } from "preact";

/** What stands where there is nothing yet: a sentence, never a blank area. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}
