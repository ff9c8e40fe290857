import { comparePath } from "../../lib/route";
import { act, type ActionKey, permitted, TASK_ACTIONS } from "../../state/task-actions";
import type { TaskRow } from "../../state/task-list";

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
      {(Object.keys(TASK_ACTIONS) as ActionKey[]).map((key) => (
        <ActionButton key={key} action={key} rows={rows} archived={archived} />
      ))}
      <button type="button" class="button-plain" onClick={clear}>
        Clear
      </button>
    </div>
  );
}

function ActionButton({ action, rows, archived }: { action: ActionKey; rows: readonly TaskRow[]; archived: boolean }) {
  const { label, archived: where, single, danger } = TASK_ACTIONS[action];
  if (where !== undefined && where !== archived) return null;
  const able = single && rows.length > 1 ? [] : permitted(action, rows, archived);
  return (
    <button type="button" class={danger ? "button-danger-quiet" : ""} disabled={able.length === 0} onClick={() => void act(action, able)}>
      {label}
      {able.length > 0 && able.length < rows.length && ` (${able.length})`}
    </button>
  );
}
