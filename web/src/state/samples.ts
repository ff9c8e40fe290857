/** Debug samples of a task: iteration by iteration, the newest first, and one by one. */
import type { Reporter, SampleEvent, SampleIteration, SampleStep } from "../api/types";
import { send } from "./session";

const PAGE = 5;

export interface SamplePages {
  iterations: SampleIteration[];
  /** Leads on to earlier iterations; `null` when there are none. */
  next: string | null;
}

/** Which sample: its series, and when. */
export type SamplePlace = Pick<SampleEvent, "metric" | "variant" | "iter">;

/** The newest iterations that have samples. @throws as `send` */
export function newestSamples(reporter: Reporter, abort: AbortSignal): Promise<SamplePages> {
  return load(reporter, undefined, abort);
}

/** Samples with those of earlier iterations added. @throws as `send` */
export async function earlierSamples(reporter: Reporter, known: SamplePages): Promise<SamplePages> {
  if (known.next === null) return known;
  const page = await load(reporter, known.next);
  return { iterations: [...known.iterations, ...page.iterations], next: page.next };
}

async function load({ task, ...of }: Reporter, scroll: string | undefined, abort?: AbortSignal): Promise<SamplePages> {
  const request = { ...of, metrics: [{ task }], iters: PAGE, ...(scroll !== undefined && { scroll_id: scroll }) };
  const { metrics, scroll_id } = await send("events.debug_images", request, abort);
  const iterations = metrics.flatMap((page) => page.iterations);
  return { iterations, next: iterations.length < PAGE ? null : scroll_id };
}

/** One sample. @throws as `send` */
export function sampleAt(reporter: Reporter, { metric, variant, iter }: SamplePlace): Promise<SampleStep> {
  const request = { ...reporter, metric, variant, iteration: iter, navigate_current_metric: false };
  return send("events.get_debug_image_sample", request);
}

/** Where to go from a sample: to its neighbour, or to the same series in the next iteration that has it. */
export interface SampleMove {
  earlier: boolean;
  sameSeries: boolean;
}

/** The sample next to one; `null` at the end. @throws as `send` */
export async function sampleBeside(reporter: Reporter, scroll: string, move: SampleMove): Promise<SampleEvent | null> {
  const request = { ...reporter, scroll_id: scroll, navigate_earlier: move.earlier, next_iteration: move.sameSeries };
  return (await send("events.next_debug_image_sample", request)).event;
}
