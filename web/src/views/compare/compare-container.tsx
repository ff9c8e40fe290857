import { useEffect, useMemo } from "preact/hooks";

import { type CompareTab, COMPARE_TABS, comparePath } from "../../lib/route";
import { statusMeaning } from "../../lib/status";
import { loadTasks } from "../../state/compared-tasks";
import { useLive } from "../../state/live";
import { navigate, query, setQuery } from "../../state/location";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";
import { setTitle } from "../parts/title";
import { makeCompared } from "./compared";
import { ComparedTasks } from "./compared-tasks";
import { CompareTabContent } from "./tab-content";

const EVERY = { active: 3000, final: 30_000 };

const TAB_NAMES: Record<CompareTab, string> = {
  details: "Details",
  parameters: "Parameters",
  scalars: "Scalars",
  values: "Values",
  parallel: "Parallel coordinates",
  scatter: "Scatter",
  plots: "Plots",
  samples: "Debug samples",
};

/** Tasks side by side; the address says which, and which of them is the base. */
export function CompareContainer({ tab }: { tab: CompareTab }) {
  const address = query.value;
  const ids = useMemo(() => (address.get("ids") ?? "").split(",").filter(Boolean), [address.get("ids")]);
  const { data, error, reload } = useLive({
    key: ids.join(),
    load: (abort) => loadTasks(ids, abort),
    every: (tasks) => (tasks?.every(({ status }) => statusMeaning(status).final) ? EVERY.final : EVERY.active),
  });
  useEffect(() => setTitle(`Compare ${ids.length} tasks – ${TAB_NAMES[tab]}`), [ids, tab]);
  const compared = useMemo(() => makeCompared(data.value ?? []), [data.value]);
  const base = Math.max(
    compared.findIndex(({ task }) => task.id === address.get("base")),
    0,
  );
  const settings = address.toString();
  return (
    <div class="page page-wide">
      <h1>Compare</h1>
      {error.value && <Problem error={error.value} retry={reload} stale={data.value !== null} />}
      <ComparedTasks
        compared={compared}
        base={base}
        missing={data.value ? ids.length - compared.length : 0}
        setBase={(id) => setQuery("base", id)}
        setIds={(change) => navigate(comparePath(change(ids), tab, settings))}
      />
      <nav class="tabs" aria-label="Parts of the comparison">
        {COMPARE_TABS.map((name) => (
          <a key={name} href={comparePath(ids, name, settings)} aria-current={name === tab ? "page" : undefined}>
            {TAB_NAMES[name]}
          </a>
        ))}
      </nav>
      {compared.length === 0 ? (
        data.value && <Empty>Add tasks by name above, or select them in a table and choose “Compare”.</Empty>
      ) : (
        <CompareTabContent tab={tab} compared={compared} base={base} />
      )}
    </div>
  );
}
