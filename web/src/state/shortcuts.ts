/** Keys without Ctrl: what they do on the screen that is shown. */
import { computed, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface Shortcut {
  /** One key, or two that follow each other: `g p`. */
  keys: string;
  what: string;
  run: () => void;
}

const registered = signal<readonly (readonly Shortcut[])[]>([]);

/** Those that are valid now. */
export const shortcuts = computed(() => registered.value.flat());

const STORED = "pellucid-letters";

/** Whether letters do anything; some people speak to their computer, and so type what they say (WCAG 2.1.4). */
export const lettersOn = signal(localStorage.getItem(STORED) !== "off");

/** Turn letters on or off, in this browser. */
export function turnLetters(on: boolean): void {
  lettersOn.value = on;
  localStorage.setItem(STORED, on ? "on" : "off");
}

/** Keys that are valid as long as the component lives. */
export function useShortcuts(list: readonly Shortcut[]): void {
  const current = useRef(list);
  current.current = list;
  useEffect(() => {
    const entry = current.current.map(({ keys, what }) => ({
      keys,
      what,
      run: () => current.current.find((shortcut) => shortcut.keys === keys)?.run(),
    }));
    registered.value = [...registered.peek(), entry];
    return () => {
      registered.value = registered.peek().filter((each) => each !== entry);
    };
  }, [list.map(({ keys }) => keys).join()]);
}

const PAUSE_BETWEEN = 1000;

/** Listen for keys. */
export function startShortcuts(): void {
  let before = { key: "", at: 0 };
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    if (!lettersOn.peek() && event.key !== "?") return;
    const pair = event.timeStamp - before.at < PAUSE_BETWEEN ? `${before.key} ${event.key}` : "";
    const known = shortcuts.peek();
    const found = known.find(({ keys }) => keys === pair) ?? known.find(({ keys }) => keys === event.key);
    before = { key: event.key, at: event.timeStamp };
    if (!found) return;
    event.preventDefault();
    found.run();
  });
}

/** Whether keys belong to a field or a dialog. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]")) return true;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox" && target.type !== "radio";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
