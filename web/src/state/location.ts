/** The address bar as a signal: screens are functions of it, and everything worth a link is in it. */
import { computed, signal } from "@preact/signals";

import { ownAddress, parseRoute } from "../lib/route";

const address = signal(new URL(location.href));

/** The screen that the address names. */
export const route = computed(() => parseRoute(address.value.pathname));

/** The query of the address. */
export const query = computed(() => address.value.searchParams);

/** Go to another screen; the back button comes back here. */
export function navigate(href: string): void {
  writeBar();
  history.pushState(null, "", href);
  address.value = new URL(location.href);
  scrollTo(0, 0);
}

/** Change one parameter of the query in place. An empty value removes it. */
export function setQuery(name: string, value: string): void {
  dragQuery(name, value);
  writeBar();
}

/**
 * The same for what changes in every frame: the bar follows when it rests. A browser does much for a new address, and
 * refuses to go on when there are hundreds.
 */
export function dragQuery(name: string, value: string): void {
  const url = new URL(address.peek());
  if (value === "") url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  leaveBar();
  address.value = url;
  behind = setTimeout(writeBar, REST);
}

/** The query of the address with one parameter changed, for links. */
export function withQuery(name: string, value: string): string {
  const next = new URLSearchParams(query.value);
  next.set(name, value);
  return `?${next.toString()}`;
}

/** Milliseconds without a change. */
const REST = 200;

/** The timer of the next change, while the bar is behind. */
let behind: ReturnType<typeof setTimeout> | null = null;

function writeBar(): void {
  if (behind === null) return;
  leaveBar();
  history.replaceState(null, "", address.peek());
}

function leaveBar(): void {
  if (behind !== null) clearTimeout(behind);
  behind = null;
}

/** Follow the back button, and links to our own screens without loading the page again. */
export function startLocation(): void {
  const own = ownAddress(location.pathname);
  if (own !== null) {
    history.replaceState(null, "", own);
    address.value = new URL(location.href);
  }
  addEventListener("pagehide", writeBar);
  addEventListener("popstate", () => {
    leaveBar();
    address.value = new URL(location.href);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link && isPlainClick(event) && isScreen(link)) {
      event.preventDefault();
      navigate(link.href);
    }
  });
}

function isPlainClick(event: MouseEvent): boolean {
  return (
    event.button === 0 && !event.defaultPrevented && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  );
}

function isScreen(link: HTMLAnchorElement): boolean {
  const inPage = link.hash !== "" && link.pathname === location.pathname;
  return link.origin === location.origin && !link.target && !link.hasAttribute("download") && !inPage;
}
