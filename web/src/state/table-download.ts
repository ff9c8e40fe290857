/** All that a list finds as a table, made by the server. */
import { columnTitle } from "../lib/task-rows";
import { type MetricPaths, parameterPath } from "../lib/task-query";
import { send } from "./session";
import { listingOf, type TaskQuery } from "./task-list";

const FIELDS: Record<string, string> = { iteration: "last_iteration", updated: "last_update", duration: "active_duration", project: "project.name" };

/** Where the browser finds the table, with the columns of the page. @throws as `send` */
export async function prepareTable(query: TaskQuery, columns: readonly string[], paths: MetricPaths): Promise<string> {
  const field_mappings = ["id", "name", ...columns].map((column) => ({ field: fieldOf(column, paths), name: columnTitle(column) }));
  const request = { ...listingOf(query, paths), order_by: [...query.order], entity_type: "task" as const, field_mappings };
  const { prepare_id } = await send("organization.prepare_download_for_get_all", request);
  return `/api/organization.download_for_get_all?prepare_id=${encodeURIComponent(prepare_id)}`;
}

function fieldOf(column: string, paths: MetricPaths): string {
  const [, kind, name = ""] = /^(last|min|max|param):(.*)$/s.exec(column) ?? [];
  if (kind === undefined) return FIELDS[column] ?? column;
  if (kind === "param") return parameterPath(name);
  return `${paths.get(name) ?? "last_metrics"}.${kind === "last" ? "value" : `${kind}_value`}`;
}
