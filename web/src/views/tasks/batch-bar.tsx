import { comparePath } from "../../lib/route";
import { TASK_ACTIONS } from "../../state/task-actions";
import type { TaskRow } from "../../state/task-list";
import { ActionButton } from "../parts/actions";

/** What can be done with the selected tasks, and with how many of them. */
export function BatchBar({ rows, archived, clear }: { rows: readonly TaskRow[]; archived: boolean; clear: () => void }) {
  if (rows.length === 0) return null;
  return (
    <div class="batch-bar" role="toolbar" aria-label="Selected tasks">
      <strong>{rows.length} selected</strong>
      {rows.length > 1 && (
        <a class="button" href={comparePath(rows.map(({ id }) => id))}>
          Compare
        </a>
      )}
      {Object.entries(TASK_ACTIONS).map(([key, action]) => (
        <ActionButton key={key} action={action} things={rows} noun="task" archived={archived} />
      ))}
      <button type="button" class="button-plain" onClick={clear}>
        Clear
      </button>
    </div>
  );
}
