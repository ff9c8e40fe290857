/** Dark or light: as the system has it, or as was chosen in this browser. */
import { effect, signal } from "@preact/signals";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORED = "pellucid-theme"; // `public/theme.js` reads it as well

/** What was chosen. */
export const theme = signal<Theme>(THEMES.find((name) => name === localStorage.getItem(STORED)) ?? "auto");

/** Keep the page's theme what it should be. */
export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = theme.value === "dark" || (theme.value === "auto" && system.matches);
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  };
  effect(() => {
    localStorage.setItem(STORED, theme.value);
    apply();
  });
  system.addEventListener("change", apply);
}

/** The next one of automatic, light and dark. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
}
