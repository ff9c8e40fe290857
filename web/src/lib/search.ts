/** Turns what a user types into the protocol's regular expression over names (protocol §2.0, Python's dialect). */

/** A pattern that finds `text` literally, upper or lower case; `undefined` when there is nothing to look for. */
export function namePattern(text: string): string | undefined {
  const wanted = text.trim();
  return wanted === "" ? undefined : `(?i)${wanted.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`;
}
