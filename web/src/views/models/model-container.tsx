import { useEffect } from "preact/hooks";

import { RefusedError } from "../../api/client";
import type { ListedTask, Model } from "../../api/types";
import { MODEL_TABS, modelPath, type ModelTab } from "../../lib/route";
import { acted, asExpected } from "../../state/actions";
import { useLive } from "../../state/live";
import { navigate } from "../../state/location";
import { MODEL_ACTIONS } from "../../state/model-actions";
import { learnProjects } from "../../state/projects";
import { send } from "../../state/session";
import { Actions } from "../parts/actions";
import { CopyButton } from "../parts/copy-button";
import { lazy } from "../parts/lazy";
import { Problem } from "../parts/problem";
import { setTitle } from "../parts/title";
import { GeneralTab } from "./general-tab";

const EVERY = 5000;

const PlotsContainer = lazy(async () => (await import("../task/plots/plots-container")).PlotsContainer);
const ScalarsContainer = lazy(async () => (await import("../task/scalars-container")).ScalarsContainer);

const TAB_NAMES: Record<ModelTab, string> = { general: "General", scalars: "Scalars", plots: "Plots" };

/** A model, and where it comes from and goes to. */
export interface ModelPage {
  model: Model;
  /** The task that made it, if that still exists. */
  maker: ListedTask | null;
  /** The tasks that start from it. */
  users: ListedTask[];
}

/** One model: its head, and one of its tabs. */
export function ModelContainer({ id, tab }: { id: string; tab: ModelTab }) {
  const { data, error, reload } = useLive({
    key: id,
    version: String(acted.value),
    load: (abort) => loadModel(id, abort),
    every: () => EVERY,
  });
  const loaded = data.value;
  const page = loaded && { ...loaded, model: asExpected(loaded.model)[0] ?? loaded.model };
  const name = page?.model.name ?? "";
  useEffect(() => setTitle(name), [name]);

  if (!page) return <div class="page">{error.value && <MissingModel id={id} error={error.value} retry={reload} />}</div>;
  const { model } = page;
  const archived = model.system_tags.includes("archived");
  const reporter = { task: id, model_events: true };
  return (
    <div class="page page-wide">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <header class="task-head">
        <nav class="breadcrumbs" aria-label="Breadcrumbs">
          <a href="/models">All models</a>
        </nav>
        <div class="task-title">
          <h1>{model.name}</h1>
          <span class="tag">{model.ready ? "published" : "draft"}</span>
          {model.tags.map((tag) => (
            <span key={tag} class="tag">
              {tag}
            </span>
          ))}
          {archived && <span class="tag">archived</span>}
          <Actions
            actions={MODEL_ACTIONS}
            thing={model}
            noun="model"
            archived={archived}
            first={["publish"]}
            gone={() => navigate("/models")}
          />
        </div>
        <p class="quiet">
          <code>{model.id}</code> <CopyButton text={model.id} what="model id" />
        </p>
      </header>
      <nav class="tabs" aria-label="Parts of the model">
        {MODEL_TABS.map((each) => (
          <a key={each} href={modelPath(id, each)} aria-current={each === tab ? "page" : undefined}>
            {TAB_NAMES[each]}
          </a>
        ))}
      </nav>
      {tab === "general" && <GeneralTab page={page} reload={reload} />}
      {tab === "scalars" && <ScalarsContainer reporter={reporter} version={model.last_update} />}
      {tab === "plots" && <PlotsContainer reporter={reporter} version={model.last_update} />}
    </div>
  );
}

async function loadModel(id: string, abort: AbortSignal): Promise<ModelPage> {
  const { model } = await send("models.get_by_id", { model: id }, abort);
  const fields = { only_fields: ["id", "name", "status", "project", "created", "runtime"], search_hidden: true };
  const [makers, users] = await Promise.all([
    model.task ? send("tasks.get_all", { ...fields, id: [model.task] }, abort) : { tasks: [] },
    send("tasks.get_all", { ...fields, "models.input.model": [id], order_by: ["-created"] }, abort),
    learnProjects([model.project], abort),
  ]);
  return { model, maker: makers.tasks[0] ?? null, users: users.tasks };
}

function MissingModel({ id, error, retry }: { id: string; error: Error; retry: () => void }) {
  if (!(error instanceof RefusedError && error.status === 400)) return <Problem error={error} retry={retry} />;
  return (
    <>
      <h1>No such model</h1>
      <p>
        There is no model <code>{id}</code> on this server; it may have been deleted. <a href="/models">All models</a>
      </p>
    </>
  );
}
