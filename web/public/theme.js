// Runs before anything is painted, so that a dark page is never white first. The page goes on from there (src/state/theme.ts).
{
  const chosen = localStorage.getItem("pellucid-theme");
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
