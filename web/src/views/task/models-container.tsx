import type { Model, Task, TaskModel } from "../../api/types";
import { modelPath, taskPath } from "../../lib/route";
import { useLive } from "../../state/live";
import { send } from "../../state/session";
import { CopyButton } from "../parts/copy-button";
import { FileCell } from "./file-cell";
import { Problem } from "../parts/problem";

/** Stands in front of the id of a model that was deleted (protocol §3.1). */
const DELETED = "__DELETED__";

/** The models that a task starts from, and those that it makes; nothing for a task without any. */
export function ModelsContainer({ task }: { task: Task }) {
  const input = task.models.input ?? [];
  const output = task.models.output ?? [];
  const ids = [...new Set([...input, ...output].map(({ model }) => model))];
  const { data, error, reload } = useLive({
    key: ids.join(),
    version: task.last_update,
    load: (abort) => loadModels(ids, abort),
    every: () => null,
  });
  const models = data.value ?? new Map<string, Model>();
  return (
    <>
      {error.value && <Problem error={error.value} retry={reload} stale={data.value !== null} />}
      <ModelTable title="Input models" named={input} models={models} task={task.id} />
      <ModelTable title="Output models" named={output} models={models} task={task.id} />
    </>
  );
}

async function loadModels(ids: string[], abort: AbortSignal): Promise<Map<string, Model>> {
  if (ids.length === 0) return new Map();
  const { models } = await send("models.get_all", { id: ids }, abort);
  return new Map(models.map((model) => [model.id, model]));
}

interface TableProps {
  title: string;
  named: TaskModel[];
  models: Map<string, Model>;
  task: string;
}

function ModelTable({ title, named, models, task }: TableProps) {
  if (named.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <div class="table-frame" tabIndex={0} role="region" aria-label={title}>
        <table class="artifacts">
          <caption class="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Model</th>
              <th scope="col">Framework</th>
              <th scope="col">Made by</th>
              <th scope="col">File</th>
            </tr>
          </thead>
          <tbody>
            {named.map(({ name, model }) => (
              <Row key={name} name={name} id={model} model={models.get(model)} task={task} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ name, id, model, task }: { name: string; id: string; model: Model | undefined; task: string }) {
  return (
    <tr>
      <th scope="row">
        {name}
        {model?.tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </th>
      <td>
        {model ? <a href={modelPath(model.id)}>{model.name}</a> : id.startsWith(DELETED) ? "deleted" : "–"}{" "}
        {model && <CopyButton text={model.id} what="model id" />}
        {model?.ready && <span class="tag">published</span>}
      </td>
      <td>{model?.framework || "–"}</td>
      <td>
        <Maker maker={model?.task} task={task} />
      </td>
      <td>
        <FileCell uri={model?.uri} />
      </td>
    </tr>
  );
}

function Maker({ maker, task }: { maker: string | null | undefined; task: string }) {
  if (!maker || maker.startsWith(DELETED)) return <>–</>;
  if (maker === task) return <>this task</>;
  return (
    <a href={taskPath(maker, "artifacts")}>
      <code>{maker.slice(0, 8)}</code>
    </a>
  );
}
