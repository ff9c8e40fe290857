import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import type { LogEvent, Task } from "../../api/types";
import { statusMeaning } from "../../lib/status";
import { type ConsoleLog, loadConsole, loadEarlier } from "../../state/console-log";
import { useLive } from "../../state/live";
import { query } from "../../state/location";
import { ConsoleSearch } from "./console-search";
import { ConsoleView } from "./console-view";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";

/** A link's message is looked for in so many pages. */
const MOST_PAGES = 40;

/** The console of a task, growing at its end while the task runs, and at its beginning on demand. */
export function ConsoleContainer({ task }: { task: Task }) {
  const earlier = useSignal<LogEvent[][]>([]);
  const earlierError = useSignal<Error | null>(null);
  const { data, error, reload } = useLive({
    key: task.id,
    version: task.last_update,
    load: (abort, previous: ConsoleLog | null) => loadConsole(task.id, previous, abort),
    every: () => null,
  });
  const target = Number(query.value.get("at")) || null;
  const log = data.value;
  const first = earlier.value[0]?.[0] ?? log?.events[0];
  const isAbove = target !== null && first !== undefined && first.timestamp > target;
  const loadMore = async () => {
    try {
      const page = await loadEarlier(task.id, first?.timestamp ?? 0);
      if (page.length > 0) earlier.value = [page, ...earlier.value];
      earlierError.value = null;
    } catch (problem) {
      earlierError.value = problem instanceof Error ? problem : new Error(String(problem));
    }
  };
  useEffect(() => {
    if (isAbove && earlier.value.length < MOST_PAGES) void loadMore();
  }, [isAbove, first]);
  if (!log) return error.value && <Problem error={error.value} retry={reload} />;
  if (log.events.length === 0) {
    return <Empty>{statusMeaning(task.status).final ? "This task printed nothing." : "No output yet."}</Empty>;
  }

  const pages = [...earlier.value, log.events];
  const failed = error.value ?? earlierError.value;
  return (
    <>
      {failed && <Problem error={failed} retry={reload} stale />}
      <ConsoleView pages={pages} total={log.total} loadEarlier={() => void loadMore()} target={target} search={<ConsoleSearch task={task.id} version={task.last_update} />} />
    </>
  );
}
