import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { lettersOn, shortcuts, turnLetters, useShortcuts } from "../../state/shortcuts";

/** `?`: the keys that are valid on the screen. */
export function ShortcutHelp() {
  const open = useSignal(false);
  useShortcuts([{ keys: "?", what: "This list", run: () => (open.value = true) }]);
  return open.value ? <HelpDialog close={() => (open.value = false)} /> : null;
}

function HelpDialog({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const all = [{ keys: "Ctrl K", what: "Search everything" }, ...shortcuts.value];
  return (
    <dialog ref={dialog} class="question shortcut-help" aria-labelledby="shortcuts-title" onClose={close}>
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      <dl>
        {all.map(({ keys, what }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input type="checkbox" checked={lettersOn.value} onChange={(event) => turnLetters(event.currentTarget.checked)} />
        Keys without Ctrl are on
      </label>
      <div class="question-buttons">
        <button type="button" class="button-primary" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
