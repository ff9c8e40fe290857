import { useSignal } from "@preact/signals";

import type { LogEvent, Task } from "../../api/types";
import { statusMeaning } from "../../lib/status";
import { type ConsoleLog, loadConsole, loadEarlier } from "../../state/console-log";
import { useLive } from "../../state/live";
import { ConsoleView } from "./console-view";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";

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
  const log = data.value;
  if (!log) return error.value && <Problem error={error.value} retry={reload} />;
  if (log.events.length === 0) {
    return <Empty>{statusMeaning(task.status).final ? "This task printed nothing." : "No output yet."}</Empty>;
  }

  const pages = [...earlier.value, log.events];
  const loadMore = async () => {
    try {
      const page = await loadEarlier(task.id, pages[0]?.[0]?.timestamp ?? 0);
      earlier.value = [page, ...earlier.value];
      earlierError.value = null;
    } catch (problem) {
      earlierError.value = problem instanceof Error ? problem : new Error(String(problem));
    }
  };
  const failed = error.value ?? earlierError.value;
  return (
    <>
      {failed && <Problem error={failed} retry={reload} stale />}
      <ConsoleView pages={pages} total={log.total} loadEarlier={() => void loadMore()} />
    </>
  );
}
