import { useRef } from "preact/hooks";

import { chooseColumns, listMetrics, metricName } from "../../lib/metrics";
import { useLive } from "../../state/live";
import { query } from "../../state/location";
import { learnPaths } from "../../state/metric-paths";
import { sampleMetrics } from "../../state/task-list";

const EVERY = { few: 2000, enough: 10_000 };
const METRIC_COLUMNS = 4;

/** The columns of the address, or those that say most about the tasks of a project; `null` until these are known. */
export function useColumns(project: string | null): string[] | null {
  const metrics = useRef<{ project: string | null; names: string[] }>({ project, names: [] });
  if (metrics.current.project !== project) metrics.current = { project, names: [] };
  const chosen = query.value.get("cols");
  const { data, error } = useLive({
    key: `${project} ${chosen === null}`,
    load: async (abort, previous: string[][] | null) => {
      if (chosen !== null || metrics.current.names.length >= METRIC_COLUMNS) return previous ?? [];
      const tasks = (await sampleMetrics(project, abort)).map((task) => task.last_metrics ?? {});
      tasks.forEach(learnPaths);
      return tasks.map((tree) => listMetrics(tree).map(metricName));
    },
    every: () => (metrics.current.names.length < METRIC_COLUMNS ? EVERY.few : EVERY.enough),
  });
  if (chosen !== null) return chosen.split("|").filter(Boolean);
  if (!data.value && !error.value) return null;
  metrics.current.names = chooseColumns(data.value ?? [], metrics.current.names, METRIC_COLUMNS);
  return ["project", "status", "iteration", ...metrics.current.names.map((name) => `last:${name}`), "started", "duration"];
}
