/** A task's console: its end first, then what is added to it; earlier pages on demand. */
import type { LogEvent } from "../api/types";
import { withPage } from "../lib/console-text";
import { send } from "./session";

const PAGE = 500;

/** Lines are asked for again for this long, since processes of one run do not report in step; milliseconds. */
const OVERLAP = 10_000;

export interface ConsoleLog {
  /** From some moment on, all events by time. */
  events: LogEvent[];
  /** How many events the task has in all. */
  total: number;
}

/** The end of the log, or the log with what has been added to it. @throws as `send` */
export async function loadConsole(task: string, previous: ConsoleLog | null, abort: AbortSignal): Promise<ConsoleLog> {
  const last = previous?.events.at(-1);
  if (!previous || !last) {
    const page = await send(
      "events.get_task_log",
      { task, batch_size: PAGE, navigate_earlier: true, order: "asc" },
      abort,
    );
    return { events: page.events, total: page.total };
  }
  let log = previous;
  let after = Math.max(last.timestamp - OVERLAP, (previous.events[0]?.timestamp ?? 0) - 1);
  for (;;) {
    const request = { task, batch_size: PAGE, navigate_earlier: false, from_timestamp: after, order: "asc" } as const;
    const page = await send("events.get_task_log", request, abort);
    log = { events: withPage(log.events, page.events, after), total: page.total };
    const end = page.events.at(-1);
    if (page.events.length < PAGE || !end) return log;
    after = end.timestamp;
  }
}

/** One page of what came before a moment (milliseconds, exclusive). @throws as `send` */
export async function loadEarlier(task: string, before: number): Promise<LogEvent[]> {
  const request = { task, batch_size: PAGE, navigate_earlier: true, from_timestamp: before, order: "asc" } as const;
  return (await send("events.get_task_log", request)).events;
}
