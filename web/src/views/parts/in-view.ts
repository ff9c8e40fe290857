import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Elements count as visible a little before they are. */
const MARGIN = "200px";

/** Whether an element is on the screen, or nearly so. */
export function useInView(element: RefObject<Element | null>): boolean {
  const [inView, setInView] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: MARGIN,
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return inView;
}
