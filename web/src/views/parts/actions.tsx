import { type Action, act, permitted, type Thing } from "../../state/actions";
import { Menu } from "./menu";

interface ActionButtonProps<T extends Thing> {
  action: Action<T>;
  things: readonly T[];
  /** What the things are called. */
  noun: string;
  /** Whether one looks at the archive. */
  archived: boolean;
  /** Told when all was done. */
  after?: () => void;
}

/** Does something with those of some things that permit it, and says how many these are. */
export function ActionButton<T extends Thing>({ action, things, noun, archived, after }: ActionButtonProps<T>) {
  if (action.archived !== undefined && action.archived !== archived) return null;
  const able = permitted(action, things, archived);
  const run = async () => {
    if (await act(action, able, noun)) after?.();
  };
  return (
    <button
      type="button"
      class={action.danger ? "button-danger-quiet" : ""}
      disabled={able.length === 0}
      onClick={() => void run()}
    >
      {action.label}
      {able.length > 0 && able.length < things.length && ` (${able.length})`}
    </button>
  );
}

interface ActionsProps<T extends Thing, Key extends string> {
  actions: Readonly<Record<Key, Action<T>>>;
  thing: T;
  noun: string;
  archived: boolean;
  /** Those that are most wanted stand beside the menu while they are permitted. */
  first: readonly Key[];
  /** Told when the thing has been deleted. */
  gone: () => void;
}

/** What can be done with the thing of a page. */
export function Actions<T extends Thing, Key extends string>(props: ActionsProps<T, Key>) {
  const { actions, thing, noun, archived, first, gone } = props;
  const shared = { things: [thing], noun, archived };
  const near = first.filter((key) => permitted(actions[key], [thing], archived).length > 0);
  return (
    <div class="actions" role="toolbar" aria-label="Actions">
      {near.map((key) => (
        <ActionButton key={key} action={actions[key]} {...shared} />
      ))}
      <Menu label="Actions" closing>
        <div class="menu-panel menu-buttons menu-actions">
          {(Object.keys(actions) as Key[]).map((key) => (
            <ActionButton key={key} action={actions[key]} {...shared} {...(key === "delete" && { after: gone })} />
          ))}
        </div>
      </Menu>
    </div>
  );
}
