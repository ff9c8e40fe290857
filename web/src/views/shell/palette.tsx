import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { matcher } from "../../lib/match";
import { useLive } from "../../state/live";
import { navigate } from "../../state/location";
import { type Hit, searchAll } from "../../state/search";

interface PaletteProps {
  /** The screens that it can go to. */
  screens: readonly Hit[];
}

/** Ctrl+K: goes to a task, a project or a screen by a part of its name. */
export function Palette({ screens }: PaletteProps) {
  const open = useSignal(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open.value = true;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button type="button" class="button-plain palette-button" onClick={() => (open.value = true)}>
        Search <kbd>Ctrl K</kbd>
      </button>
      {open.value && <PaletteDialog screens={screens} close={() => (open.value = false)} />}
    </>
  );
}

function PaletteDialog({ screens, close }: PaletteProps & { close: () => void }) {
  const text = useSignal("");
  const at = useSignal(0);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { data } = useLive({
    key: text.value,
    load: async (abort) => ({ text: text.peek(), hits: await searchAll(text.peek(), abort) }),
    every: () => null,
  });
  const isCurrent = data.value?.text === text.value;
  const fits = matcher(text.value);
  const hits = [...(data.value?.hits ?? []), ...screens.filter(({ name }) => fits(name))];
  const chosen = Math.min(at.value, hits.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    at.value = Math.max(0, Math.min(chosen + step, hits.length - 1));
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const hit = hits[chosen];
    if (!hit || !isCurrent) return;
    close();
    navigate(hit.href);
  };
  return (
    <dialog ref={dialog} class="palette" aria-label="Search" onClose={close}>
      <form onSubmit={submit}>
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-hits"
          aria-activedescendant={hits[chosen] && `palette-hit-${chosen}`}
          aria-label="Task, project or screen"
          placeholder="Task, project or screen"
          autofocus
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={onKeyDown}
        />
        <ul id="palette-hits" role="listbox" aria-label="Found">
          {hits.map(({ kind, name, href }, index) => (
            <li key={href} id={`palette-hit-${index}`} role="option" aria-selected={index === chosen}>
              <a href={href} tabIndex={-1} onClick={close}>
                <span class="palette-name">{name}</span> <span class="quiet">{kind}</span>
              </a>
            </li>
          ))}
        </ul>
      </form>
    </dialog>
  );
}
