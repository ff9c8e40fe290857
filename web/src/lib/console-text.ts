/** Console output as plain text, and a live log put together from pages. */

// Control sequences of terminals: CSI (colours, cursor), OSC (titles, links), and the two-character ones.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

export interface LogEvent {
  timestamp: number;
  msg?: string | null;
  level?: string | null;
}

/** The lines of a message as a terminal would leave them: no colours, and what a carriage return overwrote is gone. */
export function plainLines(message: string): string[] {
  return message
    .replace(ESCAPES, "")
    .replace(/\r*\n$/, "")
    .split(/\r*\n/)
    .map((line) => (line.split("\r").findLast((part) => part !== "") ?? "").replace(CONTROLS, ""));
}

/**
 * A log with its newest page: everything known from the page's beginning on gives way to the page.
 *
 * Asking again for the last moments catches lines that other processes of the same run sent a little later.
 *
 * @param known the log so far, by time
 * @param page events after `after`, by time
 * @param after exclusive beginning of the page, in milliseconds
 */
export function withPage<E extends LogEvent>(known: readonly E[], page: readonly E[], after: number): E[] {
  const end = known.findIndex((event) => event.timestamp > after);
  return [...(end === -1 ? known : known.slice(0, end)), ...page];
}

export type Severity = "plain" | "quiet" | "warning" | "error";

/** How loud a line of this level is. Clients write levels in lower case, agents in upper case (protocol §3.6). */
export function severity(level: string | null | undefined): Severity {
  switch (level?.toLowerCase()) {
    case "error":
    case "critical":
    case "fatal":
      return "error";
    case "warning":
    case "warn":
      return "warning";
    case "debug":
    case "trace":
      return "quiet";
    default:
      return "plain";
  }
}
