import { navigate, query } from "../../state/location";
import { ask, notify } from "../../state/notices";
import { loadViews, savedViews, saveView } from "../../state/views";
import { Menu } from "../parts/menu";

/** Columns, order, filter and grouping under a name. */
export function SavedViews() {
  const keep = async () => {
    const field = { label: "Name", value: "" };
    const name = await ask({ title: "Save this view", yes: "Save", text: "Columns, order, filter and grouping.", field });
    if (name) await tried(saveView(name, query.peek().toString()));
  };
  return (
    <Menu label="Views" onOpen={() => void tried(loadViews())}>
      <div class="menu-panel">
        <ul>
          {Object.entries(savedViews.value).map(([name, saved]) => (
            <li key={name} class="menu-row">
              <a href={`${location.pathname}?${saved}`}>{name}</a>
              <button type="button" class="button-plain" aria-label={`Forget ${name}`} onClick={() => void tried(saveView(name, null))}>
                ×
              </button>
            </li>
          ))}
        </ul>
        <div class="menu-buttons">
          <button type="button" onClick={() => void keep()}>
            Save this view…
          </button>
          <button type="button" onClick={() => navigate(location.pathname)}>
            Back to the usual one
          </button>
          <a href="?archived=1">Open the archive</a>
        </div>
      </div>
    </Menu>
  );
}

async function tried(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), { failed: true });
  }
}
