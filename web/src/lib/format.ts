/** Numbers, sizes and times as people read them. The full value belongs in a title beside what these return. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A measurement with four significant digits; whole numbers stay whole, very large and small ones get an exponent. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return withMinus(value.toExponential(3).replace("e+", "e"));
  if (Number.isInteger(value)) return withMinus(String(value));
  return withMinus(size >= 1000 ? value.toFixed(1) : value.toPrecision(4));
}

function withMinus(text: string): string {
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}

/** Bytes in units of 1024. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** A length of time with its two greatest units: `4s`, `3m 12s`, `2h 5m`, `1d 3h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m ${whole % MINUTE}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h ${Math.floor((whole % HOUR) / MINUTE)}m`;
  return `${Math.floor(whole / DAY)}d ${Math.floor((whole % DAY) / HOUR)}h`;
}

/** How long ago a moment was, in its greatest unit; after a month, the date. Both times in milliseconds. */
export function formatAgo(then: number, now: number): string {
  const seconds = Math.max(0, (now - then) / 1000);
  if (seconds < 10) return "just now";
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  if (seconds < 30 * DAY) return `${Math.floor(seconds / DAY)} d ago`;
  return new Date(then).toLocaleDateString();
}

/** `1 line`, `2 lines`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Milliseconds since the epoch of one of the protocol's dates; `null` for an absent or unreadable one. */
export function parseDate(date: string | null | undefined): number | null {
  const time = date ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** What the x axis of a chart shows: iterations, seconds since the start, or milliseconds since the epoch. */
export type XAxis = "step" | "elapsed" | "time";

/** A position on the x axis as people read it. */
export function formatX(x: number, xAxis: XAxis): string {
  switch (xAxis) {
    case "step":
      return String(x);
    case "elapsed":
      return formatDuration(x);
    case "time":
      return new Date(x).toLocaleTimeString();
  }
}
