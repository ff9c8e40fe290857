import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { chooseColumns } from "../../lib/metrics";
import { settleRows } from "../../lib/rows";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { projectNames } from "../../state/projects";
import { LARGEST_PAGE, loadTaskList, type TaskList, type TaskQuery } from "../../state/task-list";
import { FirstRun } from "./first-run";
import { Icon } from "../parts/icon";
import { Problem } from "../parts/problem";
import { TaskTable } from "./task-table";
import { setTitle } from "../parts/title";

const EVERY = 2000;
const PAGE = 50;
const METRIC_COLUMNS = 4;

/** The newest tasks of a project, or of all projects. */
export function TaskListContainer({ project }: { project: string | null }) {
  const wanted: TaskQuery = {
    project,
    text: query.value.get("q") ?? "",
    size: Math.min(Math.max(Number(query.value.get("n")) || PAGE, 1), LARGEST_PAGE),
  };
  const { data, error, reload } = useLive({
    key: JSON.stringify(wanted),
    load: (abort, previous: TaskList | null) => loadTaskList(wanted, previous, abort),
    every: () => EVERY,
  });
  const { rows, pending, show, hold } = useStillRows(data.value);
  const columns = useRef<string[]>([]);
  columns.current = chooseColumns(
    rows.map((row) => [...row.metrics.keys()]),
    columns.current,
    METRIC_COLUMNS,
  );

  const heading = project === null ? "Tasks" : (projectNames.value.get(project) ?? "Project");
  useEffect(() => setTitle(heading), [heading]);

  if (!data.value) return <div class="page">{error.value && <Problem error={error.value} retry={reload} />}</div>;
  if (rows.length === 0 && wanted.text === "" && project === null) return <FirstRun />;
  return (
    <div class="page page-wide">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="toolbar">
        <div>
          {project !== null && (
            <nav class="breadcrumbs" aria-label="Breadcrumbs">
              <a href="/">All tasks</a>
            </nav>
          )}
          <h1>{heading}</h1>
        </div>
        <span class="quiet" role="status">
          {countText(rows.length, data.value.more, wanted.text)}
        </span>
        {pending > 0 && (
          <button type="button" class="pill" onClick={show}>
            {pending === 1 ? "1 new task" : `${pending} new tasks`} – show
          </button>
        )}
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">Filter by name</span>
          <input
            type="search"
            placeholder="Filter by name"
            value={wanted.text}
            onInput={(event) => setQuery("q", event.currentTarget.value)}
          />
        </label>
      </div>
      {rows.length === 0 ? (
        <div class="empty">
          <p>{wanted.text === "" ? "This project has no tasks yet." : `No task's name contains “${wanted.text}”.`}</p>
          {wanted.text !== "" && (
            <button type="button" onClick={() => setQuery("q", "")}>
              Clear the filter
            </button>
          )}
        </div>
      ) : (
        <div onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
          <TaskTable rows={rows} columns={columns.current} projects={projectNames.value} caption={heading} />
        </div>
      )}
      {data.value.more && wanted.size < LARGEST_PAGE && (
        <p>
          <button type="button" onClick={() => setQuery("n", String(Math.min(wanted.size + PAGE, LARGEST_PAGE)))}>
            Show more
          </button>
        </p>
      )}
    </div>
  );
}

function countText(count: number, more: boolean, text: string): string {
  const tasks = `${count} ${count === 1 ? "task" : "tasks"}`;
  if (more) return `The newest ${tasks}`;
  return text === "" ? tasks : `${tasks} found`;
}

/** Rows that stay where they are while the pointer is over them, or while the page is scrolled. */
function useStillRows(list: TaskList | null) {
  const held = useRef(false);
  const shown = useRef<{ key: string; ids: string[] }>({ key: "", ids: [] });
  const forced = useSignal(0);
  const settled = useMemo(() => {
    if (!list) return { rows: [], pending: 0 };
    const key = JSON.stringify(list.query);
    const hold = shown.current.key === key && (held.current || scrollY > 0);
    const result = settleRows(shown.current.ids, list.rows, hold);
    shown.current = { key, ids: result.rows.map((row) => row.id) };
    return result;
  }, [list, forced.value]);

  return {
    ...settled,
    /** Show what is pending. */
    show: () => {
      shown.current = { key: "", ids: [] };
      forced.value += 1;
    },
    hold: (on: boolean) => {
      held.current = on;
    },
  };
}
