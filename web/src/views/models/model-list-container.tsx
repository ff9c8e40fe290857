import { useEffect } from "preact/hooks";

import type { Model } from "../../api/types";
import { formatCount } from "../../lib/format";
import { modelPath, taskPath } from "../../lib/route";
import { namePattern } from "../../lib/search";
import { acted, asExpected } from "../../state/actions";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { learnProjects, projectNames } from "../../state/projects";
import { send } from "../../state/session";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";
import { SearchField } from "../parts/search-field";
import { Ago } from "../parts/time";
import { setTitle } from "../parts/title";

const EVERY = 10_000;
const PAGE = 100;

/** The newest models of a project, or of all. */
export function ModelListContainer({ project }: { project: string | null }) {
  const text = query.value.get("q") ?? "";
  const size = Math.max(Number(query.value.get("n")) || PAGE, 1);
  const archived = query.value.get("archived") === "1";
  const wanted: ModelQuery = { project, text, size, archived };
  const { data, error, reload } = useLive({
    key: JSON.stringify(wanted),
    version: String(acted.value),
    topics: ["models"],
    load: (abort) => loadModels(wanted, abort),
    every: () => EVERY,
  });
  useEffect(() => setTitle("Models"), []);
  const models = data.value?.flatMap(asExpected) ?? null;
  return (
    <div class="page page-wide">
      <h1>Models</h1>
      {error.value && <Problem error={error.value} retry={reload} stale={models !== null} />}
      <div class="controls" role="group" aria-label="Models">
        <SearchField label="Filter by name" value={text} onInput={(value) => setQuery("q", value)} />
        {models && (
          <span class="quiet" role="status">
            {models.length < size ? formatCount(models.length, "model") : `The newest ${size} models`}
          </span>
        )}
        <a href={archived ? "?" : "?archived=1"}>{archived ? "Leave the archive" : "Open the archive"}</a>
      </div>
      {models?.length === 0 && (
        <Empty>{text !== "" ? "No model is called like that." : archived ? "The archive is empty." : "No model was stored yet."}</Empty>
      )}
      {models && models.length > 0 && <ModelTable models={models} />}
      {models && models.length === size && (
        <button type="button" onClick={() => setQuery("n", String(size + PAGE))}>
          Show more
        </button>
      )}
    </div>
  );
}

interface ModelQuery {
  project: string | null;
  text: string;
  size: number;
  archived: boolean;
}

async function loadModels({ project, text, size, archived }: ModelQuery, abort: AbortSignal): Promise<Model[]> {
  const name = namePattern(text);
  const request = {
    ...(name !== undefined && { name }),
    ...(project !== null && project !== "*" && { project: [project] }),
    system_tags: [archived ? "archived" : "-archived"],
    order_by: ["-last_update"],
    page: 0,
    page_size: size,
  };
  const { models } = await send("models.get_all", request, abort);
  await learnProjects(
    models.map((model) => model.project),
    abort,
  );
  return models;
}

function ModelTable({ models }: { models: Model[] }) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="Models">
      <table class="artifacts">
        <caption class="visually-hidden">Models</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Tags</th>
            <th scope="col">Framework</th>
            <th scope="col">Status</th>
            <th scope="col">Project</th>
            <th scope="col">Made by</th>
            <th scope="col">Updated</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.id}>
              <th scope="row" class="cell-name">
                <a href={modelPath(model.id)}>{model.name}</a>
              </th>
              <td>
                {model.tags.map((tag) => (
                  <span key={tag} class="tag">
                    {tag}
                  </span>
                ))}
              </td>
              <td>{model.framework || "–"}</td>
              <td>{model.ready ? "Published" : "Draft"}</td>
              <td>{(model.project && projectNames.value.get(model.project)) ?? "–"}</td>
              <td>
                {model.task ? (
                  <a href={taskPath(model.task, "artifacts")}>
                    <code>{model.task.slice(0, 8)}</code>
                  </a>
                ) : (
                  "–"
                )}
              </td>
              <td>
                <Ago date={model.last_update} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
