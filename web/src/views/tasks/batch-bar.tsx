import { comparePath } from "../../lib/route";
import { act, permitted } from "../../state/actions";
import { navigate } from "../../state/location";
import { useShortcuts } from "../../state/shortcuts";
import { TASK_ACTIONS, type TaskActionKey } from "../../state/task-actions";
import { LARGEST_LIST, type TaskRow } from "../../state/task-list";
import { ActionButton } from "../parts/actions";

interface BatchBarProps {
  rows: readonly TaskRow[];
  /** How many tasks the list has. */
  found: number;
  archived: boolean;
  selectAll: () => void;
  clear: () => void;
}

/** What can be done with the selected tasks, and with how many of them. */
export function BatchBar(props: BatchBarProps) {
  if (props.rows.length === 0) return null;
  return <Bar {...props} />;
}

const KEYS: Partial<Record<TaskActionKey, string>> = { clone: "n", enqueue: "q", abort: "X", tag: "t", archive: "e" };

function Bar({ rows, found, archived, selectAll, clear }: BatchBarProps) {
  useShortcuts([
    { keys: "c", what: "Compare the selected tasks", run: () => navigate(comparePath(rows.map(({ id }) => id))) },
    ...(Object.entries(KEYS) as [TaskActionKey, string][]).map(([key, keys]) => ({
      keys,
      what: `${TASK_ACTIONS[key].label}: the selected tasks`,
      run: () => {
        const able = permitted(TASK_ACTIONS[key], rows, archived);
        if (able.length > 0) void act(TASK_ACTIONS[key], able, "task");
      },
    })),
    { keys: "Escape", what: "Select none", run: clear },
  ]);
  return (
    <div class="batch-bar" role="toolbar" aria-label="Selected tasks">
      <strong>{rows.length.toLocaleString("en")} selected</strong>
      {rows.length < found && (
        <button type="button" class="button-plain" onClick={selectAll}>
          {found > LARGEST_LIST
            ? `Select the newest ${LARGEST_LIST.toLocaleString("en")}`
            : `Select all ${found.toLocaleString("en")}`}
        </button>
      )}
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
