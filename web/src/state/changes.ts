/** What the server says has changed, over one socket; while there is none, screens ask at intervals instead. */
import { effect, signal } from "@preact/signals";

import { signedIn } from "./session";

const RETRY = { first: 1000, longest: 15_000 };

/** Whether the server says what changes. */
export const told = signal(false);

interface Watcher {
  topics: readonly string[];
  tell: () => void;
}

const watchers = new Set<Watcher>();
let socket: WebSocket | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let pause = RETRY.first;

/**
 * Be told when something changes: `tasks`, `projects`, `models`, `queues`, `workers`, `task:<id>`, `project:<id>`.
 *
 * @returns ends it
 */
export function watch(topics: readonly string[], tell: () => void): () => void {
  const watcher = { topics, tell };
  watchers.add(watcher);
  sayWhatIsWatched();
  return () => {
    watchers.delete(watcher);
    sayWhatIsWatched();
  };
}

/** Keep a socket open for as long as somebody is signed in. */
export function startChanges(): void {
  effect(() => (signedIn.value ? open() : close()));
}

function open(): void {
  const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live`);
  socket = opened;
  opened.onopen = () => {
    pause = RETRY.first;
    told.value = true;
    sayWhatIsWatched();
    tell([...watchers]); // of what changed while there was no socket
  };
  opened.onmessage = (message) => {
    const changed = changedTopics(String(message.data));
    tell([...watchers].filter(({ topics }) => topics.some((topic) => changed.has(topic))));
  };
  opened.onclose = () => {
    if (socket !== opened) return;
    const wasOpen = told.peek();
    close();
    if (wasOpen) tell([...watchers]); // who ask at intervals again, beginning now
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, RETRY.longest);
  };
}

function close(): void {
  clearTimeout(retry);
  const closing = socket;
  socket = null;
  told.value = false;
  closing?.close();
}

function tell(those: readonly Watcher[]): void {
  for (const watcher of those) watcher.tell();
}

function sayWhatIsWatched(): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ watch: [...new Set([...watchers].flatMap(({ topics }) => topics))] }));
}

function changedTopics(message: string): Set<string> {
  const { changed } = JSON.parse(message) as { changed: string[] };
  return new Set(changed);
}
