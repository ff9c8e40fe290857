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
  history.pushState(null, "", href);
  address.value = new URL(location.href);
  scrollTo(0, 0);
}

/** Change one parameter of the query in place, as continuous input does. An empty value removes it. */
export function setQuery(name: string, value: string): void {
  const url = new URL(location.href);
  if (value === "") url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(null, "", url);
  address.value = url;
}

/** The query of the address with one parameter changed, for links. */
export function withQuery(name: string, value: string): string {
  const next = new URLSearchParams(location.search);
  next.set(name, value);
  return `?${next.toString()}`;
}

/** Follow the back button, and links to our own screens without loading the page again. */
export function startLocation(): void {
  const own = ownAddress(location.pathname);
  if (own !== null) {
    history.replaceState(null, "", own);
    address.value = new URL(location.href);
  }
  addEventListener("popstate", () => {
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
