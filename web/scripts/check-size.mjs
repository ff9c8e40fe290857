// Fails when the first view (index.html and everything it loads at once, gzip) is over its budget. Run after a build.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 150 * 1024;
const DIST = join(dirname(fileURLToPath(import.meta.url)), "../../src/pellucid/web/dist");

const page = readFileSync(join(DIST, "index.html"));
const assets = [...page.toString().matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path]) => path);
const sizes = [["index.html", page], ...assets.map((path) => [path, readFileSync(join(DIST, path))])].map(
  ([name, content]) => [name, gzipSync(content).length],
);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);

sizes.forEach(([name, size]) => console.log(`${String(size).padStart(8)}  ${name}`));
console.log(`${String(total).padStart(8)}  first view, gzip (budget ${BUDGET})`);
process.exit(total <= BUDGET ? 0 : 1);
