// Fails on an import that points the wrong way between the folders of src/ (see src/README.md), and on `any`.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ALLOWED = {
  lib: [],
  api: ["lib"],
  state: ["api", "lib"],
  charts: ["lib"],
  frame: ["lib"],
  views: ["state", "charts", "api", "lib"],
};
const SOURCE = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const IMPORT = /(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g;
const ANY = /(?::|\bas|<|,)\s*any\b/;

function folderOf(file) {
  const parts = relative(SOURCE, file).split(sep);
  return parts.length > 1 ? parts[0] : "";
}

function problemsOf(file) {
  const text = readFileSync(file, "utf8");
  const name = relative(SOURCE, file);
  const from = folderOf(file);
  const problems = ANY.test(text) ? [`${name}: uses any`] : [];
  if (from === "") return problems;
  if (!(from in ALLOWED)) return [...problems, `${name}: the folder ${from} has no place in check-arrows.mjs`];
  for (const [, target] of text.matchAll(IMPORT)) {
    const to = folderOf(resolve(dirname(file), target));
    if (to !== from && !ALLOWED[from].includes(to)) problems.push(`${name}: ${from} must not import ${target}`);
  }
  return problems;
}

const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const problems = files.flatMap(problemsOf);
problems.forEach((problem) => console.error(problem));
console.log(`arrows: ${files.length} files, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
