/** The text fields that filter what is on the screen: words, or `/a regular expression/`. */

/**
 * Which names a text means: those that contain it in upper or lower case, or match the expression between slashes.
 * An expression that is not finished yet matches as the plain text it is.
 */
export function matcher(text: string): (name: string) => boolean {
  const expression = /^\/(.+)\/$/.exec(text.trim())?.[1];
  if (expression !== undefined) {
    try {
      const pattern = new RegExp(expression, "i");
      return (name) => pattern.test(name);
    } catch {
      // Read below as plain text.
    }
  }
  const wanted = text.trim().toLowerCase();
  return (name) => name.toLowerCase().includes(wanted);
}
