import type { ComponentChildren } from "preact";

import type { Route } from "../../lib/route";
import { told } from "../../state/changes";
import { useLive } from "../../state/live";
import { navigate, route } from "../../state/location";
import { connected, logout, send } from "../../state/session";
import { useShortcuts } from "../../state/shortcuts";
import { nextTheme } from "../../state/theme";
import { Icon } from "../parts/icon";
import { Palette } from "./palette";
import { ShortcutHelp } from "./shortcut-help";
import { ThemeSwitch } from "./theme-switch";

const SCREENS = [
  ["tasks", "/", "Tasks"],
  ["projects", "/projects", "Projects"],
  ["compare", "/compare", "Compare"],
  ["models", "/models", "Models"],
  ["queues", "/queues", "Queues"],
  ["workers", "/workers", "Workers"],
  ["settings", "/settings", "Settings"],
] as const;

/** The entry that a screen is under. */
const SECTION_OF: Partial<Record<Route["page"], string>> = {
  ...Object.fromEntries(SCREENS.map(([page]) => [page, page])),
  task: "tasks",
  model: "models",
};

const LETTERS: Record<(typeof SCREENS)[number][2], string> = {
  Tasks: "h",
  Projects: "p",
  Compare: "c",
  Models: "m",
  Queues: "q",
  Workers: "w",
  Settings: "s",
};

/** What is around every screen. */
export function Shell({ children }: { children: ComponentChildren }) {
  const user = useLive({
    key: "user",
    load: async (abort) => (await send("users.get_current_user", {}, abort)).user,
    every: () => null,
  });
  useShortcuts([
    { keys: "/", what: "To the filter", run: () => document.querySelector<HTMLElement>("main input[type=search]")?.focus() },
    ...SCREENS.map(([, href, name]) => ({ keys: `g ${LETTERS[name]}`, what: `Go to ${name}`, run: () => navigate(href) })),
    { keys: "T", what: "Another theme", run: nextTheme },
  ]);
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <header class="shell-header">
        <a class="brand" href="/">
          <Icon name="logo" /> Pellucid
        </a>
        <nav aria-label="Main">
          {SCREENS.map(([page, href, name]) => (
            <a key={page} href={href} aria-current={SECTION_OF[route.value.page] === page ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Palette screens={SCREENS.map(([, href, name]) => ({ kind: "screen", name, href }))} />
        <span class={connected.value ? "connection" : "connection connection-lost"} role="status">
          <span class="connection-dot" aria-hidden="true" />
          <span class="connection-text">{connected.value ? (told.value ? "Live" : "Polling") : "No connection"}</span>
        </span>
        <ThemeSwitch />
        {user.data.value && (
          <span class="user">
            <span class="user-name">{user.data.value.name}</span>
            <button type="button" class="button-plain" onClick={() => void logout()}>
              Sign out
            </button>
          </span>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <ShortcutHelp />
    </>
  );
}
