import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import type { Project } from "../../api/types";
import { formatCount } from "../../lib/format";
import { matcher } from "../../lib/match";
import { projectPath } from "../../lib/route";
import { compareText } from "../../lib/text-order";
import { doing } from "../../state/doing";
import { useLive } from "../../state/live";
import { query, setQuery } from "../../state/location";
import { ask } from "../../state/notices";
import { send } from "../../state/session";
import { Empty } from "../parts/empty";
import { Problem } from "../parts/problem";
import { SearchField } from "../parts/search-field";
import { Ago } from "../parts/time";
import { setTitle } from "../parts/title";

const EVERY = 5000;
const PAGE = 500;

/** All projects as a tree, with counts of what they and their sub-projects hold. */
export function ProjectsContainer() {
  useEffect(() => setTitle("Projects"), []);
  const { data, error, reload } = useLive({ key: "projects", load: loadProjects, every: () => EVERY, topics: ["projects", "tasks"] });
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const text = query.value.get("q") ?? "";
  const fits = matcher(text);
  const isShown = ({ name }: Project) => fits(name) && (text !== "" || !parents(name).some((parent) => closed.value.has(parent)));
  const toggle = (name: string) => {
    const next = new Set(closed.value);
    if (!next.delete(name)) next.add(name);
    closed.value = next;
  };
  const create = async () => {
    const name = await ask({ title: "New project", yes: "Create", field: { label: "Name, with / for sub-projects", value: "" } });
    if (name) await doing(send("projects.create", { name }), `Created ${name}.`, reload);
  };

  if (!data.value) return <div class="page">{error.value && <Problem error={error.value} retry={reload} />}</div>;
  const all = data.value;
  const shown = all.filter(isShown);
  return (
    <div class="page page-wide">
      {error.value && <Problem error={error.value} retry={reload} stale />}
      <div class="toolbar">
        <h1>Projects</h1>
        <span class="quiet">{formatCount(all.length, "project")}</span>
        <SearchField label="Filter projects" value={text} onInput={(value) => setQuery("q", value)} />
        <button type="button" class="button-primary" onClick={() => void create()}>
          New project
        </button>
      </div>
      {shown.length === 0 ? (
        <Empty>{text === "" ? "There is no project yet. A task that runs creates its own." : `No project's name contains “${text}”.`}</Empty>
      ) : (
        <div class="table-frame">
          <table class="list-table">
            <caption class="visually-hidden">Projects</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" class="number">Tasks</th>
                <th scope="col" class="number">Running</th>
                <th scope="col" class="number">Queued</th>
                <th scope="col" class="number">Failed</th>
                <th scope="col">Last change</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {shown.map((project) => (
                <ProjectRow
                  key={project.id}
                  project={project}
                  whole={text !== ""}
                  open={hasChildren(project, all) ? !closed.value.has(project.name) : null}
                  toggle={() => toggle(project.name)}
                  reload={reload}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

async function loadProjects(abort: AbortSignal): Promise<Project[]> {
  const found: Project[] = [];
  for (let page = 0; ; page++) {
    const request = { include_stats: true, stats_for_state: "active", order_by: ["name"], page, page_size: PAGE };
    const { projects } = await send("projects.get_all_ex", request, abort);
    found.push(...projects);
    if (projects.length < PAGE) return found.sort((a, b) => compareText(a.name, b.name));
  }
}

function parents(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

function hasChildren({ name }: Project, all: readonly Project[]): boolean {
  return all.some((other) => other.name.startsWith(`${name}/`));
}

interface ProjectRowProps {
  project: Project;
  /** Show the whole name, since those above it may be missing. */
  whole: boolean;
  /** Whether its sub-projects are shown; `null` if it has none. */
  open: boolean | null;
  toggle: () => void;
  reload: () => void;
}

function ProjectRow({ project, whole, open, toggle, reload }: ProjectRowProps) {
  const { name } = project;
  const depth = whole ? 0 : name.split("/").length - 1;
  const { total_tasks = 0, status_count = {} } = project.stats?.active ?? {};
  return (
    <tr>
      <th scope="row" style={{ paddingLeft: `${12 + depth * 20}px` }}>
        {open === null || whole ? (
          <span class="tree-leaf" />
        ) : (
          <button type="button" class="button-plain tree-toggle" aria-expanded={open} aria-label={`Sub-projects of ${name}`} onClick={toggle}>
            {open ? "▾" : "▸"}
          </button>
        )}
        <a href={projectPath(project.id)} title={name}>
          {whole ? name : name.split("/").at(-1)}
        </a>
      </th>
      <td class="number">{total_tasks}</td>
      <td class="number">{status_count.in_progress || ""}</td>
      <td class="number">{status_count.queued || ""}</td>
      <td class="number">{status_count.failed || ""}</td>
      <td>
        <Ago date={project.last_update} />
      </td>
      <td class="row-actions">
        <ProjectActions project={project} reload={reload} />
      </td>
    </tr>
  );
}

function ProjectActions({ project: { id, name }, reload }: { project: Project; reload: () => void }) {
  const parent = parents(name).at(-1) ?? "";
  const rename = async () => {
    const value = name.split("/").at(-1) ?? "";
    const last = await ask({ title: `Rename ${name}`, yes: "Rename", field: { label: "Name", value } });
    if (last) await doing(send("projects.update", { project: id, name: [parent, last].filter(Boolean).join("/") }), "Renamed.", reload);
  };
  const move = async () => {
    const field = { label: "Below project (created if missing)", value: parent };
    const target = await ask({ title: `Move ${name}`, yes: "Move", field });
    if (target !== null) await doing(send("projects.move", { project: id, new_location: target }), "Moved.", reload);
  };
  const remove = async () => {
    const sure = await ask({ title: `Delete ${name}?`, yes: "Delete", danger: true, text: "Only a project without tasks and models is deleted." });
    if (sure !== null) await doing(send("projects.delete", { project: id }), `Deleted ${name}.`, reload);
  };
  return (
    <>
      <button type="button" class="button-plain" aria-label={`Rename ${name}`} onClick={() => void rename()}>
        Rename
      </button>
      <button type="button" class="button-plain" aria-label={`Move ${name}`} onClick={() => void move()}>
        Move
      </button>
      <button type="button" class="button-plain" aria-label={`Delete ${name}`} onClick={() => void remove()}>
        Delete
      </button>
    </>
  );
}
