/** What can be done with a file, by its name. */

export type FileKind = "image" | "video" | "audio" | "html" | "csv" | "zip" | "text" | "other";

const ENDINGS: Record<Exclude<FileKind, "other">, readonly string[]> = {
  image: ["png", "jpg", "jpeg", "gif", "webp", "bmp", "avif"],
  video: ["mp4", "webm", "mov", "m4v", "ogv"],
  audio: ["mp3", "wav", "ogg", "flac", "m4a", "opus"],
  html: ["html", "htm"],
  csv: ["csv", "tsv", "csv.gz"],
  zip: ["zip"],
  text: ["txt", "log", "json", "jsonl", "yaml", "yml", "toml", "ini", "cfg", "md", "py", "xml", "sh"],
};

/** The kind of the file at an address. */
export function fileKind(address: string): FileKind {
  const path = (address.split(/[?#]/)[0] ?? "").toLowerCase();
  const found = Object.entries(ENDINGS).find(([, endings]) => endings.some((ending) => path.endsWith(`.${ending}`)));
  return (found?.[0] as FileKind | undefined) ?? "other";
}
