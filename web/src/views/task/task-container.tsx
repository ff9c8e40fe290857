import { useEffect } from "preact/hooks";

import { RefusedError } from "../../api/client";
import type { Task } from "../../api/types";
import { projectPath, type Tab, TABS, taskPath } from "../../lib/route";
import { statusMeaning } from "../../lib/status";
import { acted, asExpected } from "../../state/actions";
import { useLive } from "../../state/live";
import { navigate } from "../../state/location";
import { learnProjects, projectNames } from "../../state/projects";
import { send } from "../../state/session";
import { useShortcuts } from "../../state/shortcuts";
import { TASK_ACTIONS, type TaskActionKey } from "../../state/task-actions";
import { Actions } from "../parts/actions";
import { ArtifactsTab } from "./artifacts-tab";
import { ConfigurationTab } from "./configuration-tab";
import { CopyButton } from "../parts/copy-button";
import { ExecutionTab } from "./execution-tab";
import { InfoTab } from "./info-tab";
import { lazy } from "../parts/lazy";
import { ModelsContainer } from "./models-container";
import { Problem } from "../parts/problem";
import { StatusBadge } from "../parts/status-badge";
import { Ago, Duration } from "../parts/time";
import { setTitle } from "../parts/title";

/** A finished task may be continued, so it is looked at now and then, too. Milliseconds. */
const EVERY = { active: 2000, final: 15_000 };

const ConsoleContainer = lazy(async () => (await import("./console-container")).ConsoleContainer);
const PlotsContainer = lazy(async () => (await import("./plots/plots-container")).PlotsContainer);
const SamplesContainer = lazy(async () => (await import("./samples/samples-container")).SamplesContainer);
const ScalarsContainer = lazy(async () => (await import("./scalars-container")).ScalarsContainer);

const TAB_NAMES: Record<Tab, string> = {
  execution: "Execution",
  configuration: "Configuration",
  scalars: "Scalars",
  plots: "Plots",
  samples: "Debug samples",
  console: "Console",
  artifacts: "Artifacts",
  info: "Info",
};

/** One task: its head, and one of its tabs. What a tab shows is loaded again whenever the task says that it changed. */
export function TaskContainer({ id, tab }: { id: string; tab: Tab }) {
  const { data, error, reload } = useLive({
    key: id,
    version: String(acted.value),
    topics: [`task:${id}`],
    load: (abort) => loadTask(id, abort),
    every: pauseAfter,
  });
  useShortcuts(
    TABS.map((name, at) => ({ keys: String(at + 1), what: TAB_NAMES[name], run: () => navigate(taskPath(id, name)) })),
  );
  const loaded = data.value;
  const task = loaded && (asExpected(loaded)[0] ?? loaded);
  useEffect(() => setTitle(task ? `${task.name} – ${TAB_NAMES[tab]}` : ""), [task?.name, tab]);

  if (!task) return <div class="page">{error.value && <MissingTask id={id} error={error.value} retry={reload} />}</div>;
  return (
    <div class={tab === "console" ? "page page-wide page-full" : "page page-wide"}>
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <Head task={task} project={task.project ? projectNames.value.get(task.project) : undefined} />
      <nav class="tabs" aria-label="Parts of the task">
        {TABS.map((name) => (
          <a key={name} href={taskPath(id, name)} aria-current={name === tab ? "page" : undefined}>
            {TAB_NAMES[name]}
          </a>
        ))}
      </nav>
      <TabContent task={task} tab={tab} reload={reload} />
    </div>
  );
}

async function loadTask(id: string, abort: AbortSignal): Promise<Task> {
  const { task } = await send("tasks.get_by_id", { task: id }, abort);
  await learnProjects([task.project], abort);
  return task;
}

function pauseAfter(task: Task | null): number {
  return task && statusMeaning(task.status).final ? EVERY.final : EVERY.active;
}

function TabContent({ task, tab, reload }: { task: Task; tab: Tab; reload: () => void }) {
  switch (tab) {
    case "execution":
      return <ExecutionTab task={task} reload={reload} />;
    case "info":
      return <InfoTab task={task} reload={reload} />;
    case "configuration":
      return <ConfigurationTab task={task} reload={reload} />;
    case "scalars":
      return (
        <ScalarsContainer
          reporter={{ task: task.id }}
          version={task.last_update}
          final={statusMeaning(task.status).final}
          metrics={task.last_metrics}
        />
      );
    case "plots":
      return <PlotsContainer reporter={{ task: task.id }} version={task.last_update} />;
    case "samples":
      return <SamplesContainer reporter={{ task: task.id }} version={task.last_update} />;
    case "console":
      return <ConsoleContainer task={task} />;
    case "artifacts":
      return (
        <>
          <ModelsContainer task={task} />
          <ArtifactsTab artifacts={task.execution.artifacts ?? []} />
        </>
      );
  }
}

/** What is most wanted in a status, beside the menu of everything. */
const FIRST: readonly TaskActionKey[] = ["clone", "enqueue", "dequeue", "retry", "abort"];

function Head({ task, project }: { task: Task; project: string | undefined }) {
  const archived = task.system_tags.includes("archived");
  return (
    <header class="task-head">
      <nav class="breadcrumbs" aria-label="Breadcrumbs">
        <a href="/">All tasks</a>
        {task.project && <a href={projectPath(task.project)}>{project ?? task.project}</a>}
      </nav>
      <div class="task-title">
        <h1>{task.name}</h1>
        <StatusBadge status={task.status} progress={task.runtime["progress"]} />
        {task.tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
        {archived && <span class="tag">archived</span>}
        <Actions
          actions={TASK_ACTIONS}
          thing={task}
          noun="task"
          archived={archived}
          first={FIRST}
          gone={() => navigate(task.project ? projectPath(task.project) : "/")}
        />
      </div>
      <dl class="facts">
        <Fact name="Started">
          <Ago date={task.started} />
        </Fact>
        <Fact name="Duration">
          <Duration run={task} />
        </Fact>
        <Fact name="Iteration">{task.last_iteration}</Fact>
        <Fact name="Id">
          <code>{task.id}</code> <CopyButton text={task.id} what="task id" />
        </Fact>
      </dl>
      {task.status_message && task.status === "failed" && <p class="failure">{task.status_message}</p>}
    </header>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function MissingTask({ id, error, retry }: { id: string; error: Error; retry: () => void }) {
  if (!(error instanceof RefusedError && error.status === 400)) return <Problem error={error} retry={retry} />;
  return (
    <>
      <h1>No such task</h1>
      <p>
        There is no task <code>{id}</code> on this server; it may have been deleted. <a href="/">All tasks</a>
      </p>
    </>
  );
}
