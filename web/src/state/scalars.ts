/** The points behind a chart. All throw as `send`. */
import type { Curve, RawPage, Reporter } from "../api/types";
import { send } from "./session";

const PAGE = 50_000;

/** The curves of some titles, by title and series. */
export async function loadTitles(
  reporter: Reporter,
  titles: readonly string[],
  key: "iter" | "timestamp",
  samples: number,
  abort: AbortSignal,
): Promise<Record<string, Record<string, Curve>>> {
  const metrics = titles.map((metric) => ({ metric }));
  return send("events.scalar_metrics_iter_histogram", { ...reporter, samples, key, metrics }, abort);
}

/** The curves of a title from one iteration to another. */
export async function loadRange(
  reporter: Reporter,
  title: string,
  { from, to }: { from: number; to: number },
  samples: number,
  abort: AbortSignal,
): Promise<Curve[]> {
  const between: [number, number] = [Math.ceil(from), Math.floor(to)];
  const request = { ...reporter, samples, metrics: [{ metric: title }], between };
  const curves = await send("events.scalar_metrics_iter_histogram", request, abort);
  return Object.entries(curves[title] ?? {}).map(([name, curve]) => ({ ...curve, name }));
}

export interface RawPoint {
  series: string;
  iteration: number;
  value: number | null;
}

/** All points of a title. */
export async function loadRaw(reporter: Reporter, title: string): Promise<RawPoint[]> {
  const points: RawPoint[] = [];
  let scroll: string | null = null;
  for (;;) {
    const request = { ...reporter, metric: { metric: title }, batch_size: PAGE, ...(scroll && { scroll_id: scroll }) };
    const page: RawPage = await send("events.scalar_metrics_iter_raw", request);
    for (const [series, { iter, y }] of Object.entries(page.variants)) {
      iter.forEach((iteration, index) => points.push({ series, iteration, value: y[index] ?? null }));
    }
    scroll = page.scroll_id;
    if (page.returned === 0 || scroll === null) return points;
  }
}
