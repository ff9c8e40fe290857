/** Whether the page is dark, whether the system or the user wants it so; for what is drawn and not styled. */

/** Call back whenever the page's theme may have changed, until the returned function is called. */
export function onThemeChange(callback: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const own = new MutationObserver(callback);
  system.addEventListener("change", callback);
  own.observe(document.documentElement, { attributes: true });
  return () => {
    system.removeEventListener("change", callback);
    own.disconnect();
  };
}

/** Whether the page's background is dark. */
export function isDark(): boolean {
  const [red = 255, green = 255, blue = 255] = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? [])
    .slice(0, 3)
    .map(Number);
  return red + green + blue < 3 * 128;
}
