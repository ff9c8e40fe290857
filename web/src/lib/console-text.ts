/** Console output as text with styles, and a live log put together from pages. */

// Control sequences of terminals: CSI (colours, cursor), OSC (titles, links), and the two-character ones.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A stretch of a line that looks the same all over; `style` are names of classes. */
export interface StyledText {
  text: string;
  style: string;
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const SELECT_STYLE = /\u001b\[([\d;]*)m/;
const OTHER_ESCAPES = new RegExp(`(?!${SELECT_STYLE.source})(?:${ESCAPES.source})`, "g");

/**
 * The lines of a message as a terminal would leave them: what a carriage return overwrote is gone; the basic colours,
 * bold and underlined text are styles.
 */
export function styledLines(message: string): StyledText[][] {
  const style = new Map<string, string>();
  const lines = message.replace(OTHER_ESCAPES, "").replace(/\r*\n$/, "").split(/\r*\n/);
  return lines.map((line) => {
    const parts = line.split("\r").map((part) => styledParts(part, style));
    return parts.findLast((part) => part.length > 0) ?? [];
  });
}

/** Stretches of text; `style` goes on from what came before, and into what comes after. */
function styledParts(line: string, style: Map<string, string>): StyledText[] {
  return line.split(SELECT_STYLE).flatMap((piece, index) => {
    // What the expression captures stands at the odd places.
    if (index % 2 === 1) {
      applyCodes(piece.split(";").map(Number), style);
      return [];
    }
    const text = piece.replace(CONTROLS, "");
    return text === "" ? [] : [{ text, style: [...style.values()].join(" ") }];
  });
}

function applyCodes(codes: number[], style: Map<string, string>): void {
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    const colour = COLOURS[code % 10];
    if (code === 0) style.clear();
    else if (code === 1) style.set("bold", "ansi-bold");
    else if (code === 4) style.set("underlined", "ansi-underlined");
    else if (code === 22) style.delete("bold");
    else if (code === 24) style.delete("underlined");
    else if (code === 39) style.delete("colour");
    // Colours beyond the eight have parameters, which are no codes; they keep the text's own colour.
    else if (code === 38 || code === 48) index += codes[index + 1] === 5 ? 2 : 4;
    else if (colour && ((code >= 30 && code < 38) || (code >= 90 && code < 98))) style.set("colour", `ansi-${colour}`);
  }
}

export interface LogEvent {
  timestamp: number;
  msg?: string | null;
  level?: string | null;
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
