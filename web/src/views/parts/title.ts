/** Names the browser's tab. */
export function setTitle(text: string): void {
  document.title = text === "" ? "Pellucid" : `${text} · Pellucid`;
}
