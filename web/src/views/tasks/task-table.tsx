import { formatNumber } from "../../lib/format";
import { projectPath, taskPath } from "../../lib/route";
import type { TaskRow } from "../../state/task-list";
import { StatusBadge } from "../parts/status-badge";
import { Ago, Duration } from "../parts/time";

interface TaskTableProps {
  rows: readonly TaskRow[];
  /** Names of the metrics that have a column. */
  columns: readonly string[];
  projects: ReadonlyMap<string, string>;
  caption: string;
}

export function TaskTable({ rows, columns, projects, caption }: TaskTableProps) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
      <table class="task-table">
        <caption class="visually-hidden">{caption}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Project</th>
            <th scope="col">Status</th>
            <th scope="col" class="number">
              Iteration
            </th>
            {columns.map((name) => (
              <th key={name} scope="col" class="number" title={`Last value of ${name}`}>
                {name}
              </th>
            ))}
            <th scope="col">Started</th>
            <th scope="col" class="number">
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              columns={columns}
              project={row.project ? projects.get(row.project) : undefined}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, columns, project }: { row: TaskRow; columns: readonly string[]; project: string | undefined }) {
  return (
    <tr>
      <th scope="row" class="cell-name">
        <a href={taskPath(row.id)} title={row.name}>
          {row.name}
        </a>
        {row.tags?.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </th>
      <td class="cell-project">
        {row.project && (
          <a class="link-quiet" href={projectPath(row.project)} title={project}>
            {project ?? row.project}
          </a>
        )}
      </td>
      <td>
        <StatusBadge status={row.status} progress={row.runtime?.progress} />
      </td>
      <td class="number">{row.last_iteration ?? "–"}</td>
      {columns.map((name) => {
        const value = row.metrics.get(name)?.value;
        return (
          <td key={name} class="number" title={value === null || value === undefined ? undefined : String(value)}>
            {row.metrics.has(name) ? formatNumber(value) : ""}
          </td>
        );
      })}
      <td>
        <Ago date={row.started} />
      </td>
      <td class="number">
        <Duration run={row} />
      </td>
    </tr>
  );
}
