/** A patch taken apart for reading: by file, each line with what it does. */

export type DiffLineKind = "added" | "removed" | "place" | "same";

export interface DiffLine {
  kind: DiffLineKind;
  text: string;
}

export interface FileDiff {
  /** The file's name, or empty for lines before any file. */
  file: string;
  added: number;
  removed: number;
  lines: DiffLine[];
}

/** The files of a patch as `git diff` writes it. Any other text is one part without a name. */
export function parseDiff(patch: string): FileDiff[] {
  const files: FileDiff[] = [];
  let current: FileDiff | undefined;
  let inHeader = false;
  for (const text of patch.replace(/\n$/, "").split("\n")) {
    const file = /^diff --git a\/.* b\/(.*)$/.exec(text)?.[1];
    if (file !== undefined || !current) {
      current = { file: file ?? "", added: 0, removed: 0, lines: [] };
      files.push(current);
      inHeader = file !== undefined;
      if (inHeader) continue;
    }
    const kind = kindOf(text);
    if (kind === "place") inHeader = false;
    // What stands between the file's name and its first place repeats the name.
    if (inHeader) continue;
    if (kind === "added") current.added += 1;
    if (kind === "removed") current.removed += 1;
    current.lines.push({ kind, text });
  }
  return files;
}

function kindOf(text: string): DiffLineKind {
  if (text.startsWith("@@")) return "place";
  if (text.startsWith("+")) return "added";
  return text.startsWith("-") ? "removed" : "same";
}
