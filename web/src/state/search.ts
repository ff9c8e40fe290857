/** Finds tasks and projects by a part of their name, or tasks by their id. */
import { projectPath, taskPath } from "../lib/route";
import { namePattern } from "../lib/search";
import { send } from "./session";

const MOST = 8;

export interface Hit {
  kind: "task" | "project" | "screen";
  name: string;
  href: string;
}

/** What a text finds; nothing for an empty one. @throws as `send` */
export async function searchAll(text: string, abort: AbortSignal): Promise<Hit[]> {
  const name = namePattern(text);
  if (name === undefined) return [];
  const page = { only_fields: ["name"], page: 0, page_size: MOST };
  const [byId, tasks, projects] = await Promise.all([
    /^[0-9a-f]{32}$/.test(text.trim()) ? send("tasks.get_all", { ...page, id: [text.trim()] }, abort) : { tasks: [] },
    send("tasks.get_all", { ...page, name, order_by: ["-last_update"] }, abort),
    send("projects.get_all", { ...page, name }, abort),
  ]);
  return [
    ...[...byId.tasks, ...tasks.tasks].map((task): Hit => ({ kind: "task", name: task.name, href: taskPath(task.id) })),
    ...projects.projects.map((project): Hit => ({ kind: "project", name: project.name, href: projectPath(project.id) })),
  ];
}
