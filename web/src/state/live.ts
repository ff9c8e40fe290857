/** Data that stays fresh: loaded, loaded again at intervals, kept while a newer version is on its way. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { told, watch } from "./changes";

const LONGEST_PAUSE = 30_000;

/** How often to ask while the server says what changes; milliseconds. */
const PAUSE_WHILE_TOLD = 10_000;

export interface Live<T> {
  /** The last good answer, `null` before the first. */
  data: ReadonlySignal<T | null>;
  /** Why the last attempt failed, `null` if it did not. Old data stay beside it. */
  error: ReadonlySignal<Error | null>;
  /** Load now. */
  reload: () => void;
}

export interface LiveOptions<T> {
  /** Names what is loaded: another key drops the load under way and loads at once. */
  key: string;
  /** Changes when there is something new to load; a load under way is finished first. */
  version?: string | null;
  /** What of the server it shows (see `changes`): loaded again when that changes. */
  topics?: readonly string[];
  /** Loads it; gets the last answer, whose key may be another one, to build upon. */
  load: (signal: AbortSignal, previous: T | null) => Promise<T>;
  /** Milliseconds until the next load; `null` is never. */
  every: (data: T | null) => number | null;
}

/** Load data for as long as the component lives. Nothing is asked for while the page is hidden, and never twice at once. */
export function useLive<T>(options: LiveOptions<T>): Live<T> {
  const data = useSignal<T | null>(null);
  const error = useSignal<Error | null>(null);
  const current = useRef(options);
  const reload = useRef(() => {});
  current.current = options;

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let loading = false;
    let again = false;
    let failures = 0;

    async function run(): Promise<void> {
      if (abort.signal.aborted) return;
      again = loading;
      if (loading) return;
      clearTimeout(timer);
      loading = true;
      try {
        data.value = await current.current.load(abort.signal, data.peek());
        error.value = null;
        failures = 0;
      } catch (problem) {
        if (abort.signal.aborted) return;
        error.value = problem instanceof Error ? problem : new Error(String(problem));
        failures += 1;
      } finally {
        loading = false;
      }
      if (again) void run();
      else schedule();
    }

    function schedule(): void {
      const pause = failures > 0 ? Math.min(1000 * 2 ** failures, LONGEST_PAUSE) : usualPause();
      if (pause !== null && !document.hidden && !abort.signal.aborted) timer = setTimeout(() => void run(), pause);
    }

    function usualPause(): number | null {
      const pause = current.current.every(data.peek());
      return pause !== null && current.current.topics && told.peek() ? Math.max(pause, PAUSE_WHILE_TOLD) : pause;
    }

    function whenVisible(): void {
      if (!document.hidden) void run();
    }

    reload.current = () => void run();
    const unwatch = options.topics && watch(options.topics, () => void (document.hidden || run()));
    document.addEventListener("visibilitychange", whenVisible);
    void run();
    return () => {
      abort.abort();
      unwatch?.();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", whenVisible);
    };
  }, [options.key]);

  const loadedVersion = useRef(options.version);
  useEffect(() => {
    if (loadedVersion.current !== options.version) reload.current();
    loadedVersion.current = options.version;
  }, [options.version]);

  return { data, error, reload: () => reload.current() };
}
