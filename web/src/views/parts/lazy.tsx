import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

import { Problem } from "./problem";

/** A component whose code is fetched when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loading: Promise<ComponentType<P>> | null = null;

  return function Lazy(props: P) {
    // A component is a function, and a signal's setter would not call it; the box says that it is a value.
    const loaded = useSignal<{ Component: ComponentType<P> } | null>(null);
    const error = useSignal<Error | null>(null);
    useEffect(() => {
      loading ??= load();
      loading.then(
        (Component) => (loaded.value = { Component }),
        (problem: Error) => {
          loading = null;
          error.value = problem;
        },
      );
    }, []);
    if (error.value) return <Problem error={error.value} retry={() => location.reload()} />;
    return loaded.value ? <loaded.value.Component {...props} /> : null;
  };
}
