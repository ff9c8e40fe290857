import { useSignalEffect } from "@preact/signals";

import { route } from "../state/location";
import { signedOut } from "../state/session";
import { Login } from "./shell/login";
import { Shell } from "./shell/shell";
import { lazy } from "./parts/lazy";
import { TaskContainer } from "./task/task-container";
import { TaskListContainer } from "./tasks/task-list-container";
import { NoticeBar, QuestionDialog } from "./parts/notices";
import { setTitle } from "./parts/title";

const Projects = lazy(async () => (await import("./projects/projects-container")).ProjectsContainer);
const Queues = lazy(async () => (await import("./queues/queues-container")).QueuesContainer);
const Workers = lazy(async () => (await import("./workers/workers-container")).WorkersContainer);
const Settings = lazy(async () => (await import("./settings/settings")).Settings);
const CompareContainer = lazy(async () => (await import("./compare/compare-container")).CompareContainer);
const ModelListContainer = lazy(async () => (await import("./models/model-list-container")).ModelListContainer);
const ModelContainer = lazy(async () => (await import("./models/model-container")).ModelContainer);

/** The screen that the address names, or the login in its place: the address stays, so that one comes back to it. */
export function App() {
  if (signedOut.value) return <Login />;
  return (
    <Shell>
      <Screen />
      <NoticeBar />
      <QuestionDialog />
    </Shell>
  );
}

function Screen() {
  const shown = route.value;
  useSignalEffect(() => {
    if (route.value.page === "unknown") setTitle("Not found");
  });
  switch (shown.page) {
    case "tasks":
      return <TaskListContainer key={shown.project} project={shown.project} />;
    case "task":
      return <TaskContainer key={shown.task} id={shown.task} tab={shown.tab} />;
    case "projects":
      return <Projects />;
    case "queues":
      return <Queues />;
    case "workers":
      return <Workers />;
    case "settings":
      return <Settings />;
    case "compare":
      return <CompareContainer tab={shown.tab} />;
    case "models":
      return <ModelListContainer key={shown.project} project={shown.project} />;
    case "model":
      return <ModelContainer key={shown.model} id={shown.model} tab={shown.tab} />;
    case "unknown":
      return (
        <div class="page">
          <h1>Nothing lives here</h1>
          <p>
            There is no page at <code>{shown.path}</code>. <a href="/">All tasks</a>
          </p>
        </div>
      );
  }
}
