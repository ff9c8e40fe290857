/** Parameters as texts that other programs read. */

interface Named {
  name: string;
  value?: string | null;
}

/** An object from name to value. */
export function toJson(parameters: readonly Named[]): string {
  return JSON.stringify(Object.fromEntries(parameters.map(({ name, value }) => [name, value ?? ""])), null, 2);
}

/** The same as YAML, of which quoted JSON texts are a part. */
export function toYaml(parameters: readonly Named[]): string {
  return parameters.map(({ name, value }) => `${JSON.stringify(name)}: ${JSON.stringify(value ?? "")}\n`).join("");
}

/** Options of a command line, quoted for a POSIX shell. */
export function toOptions(parameters: readonly Named[]): string {
  return parameters.map(({ name, value }) => `${quoted(`--${name}`)} ${quoted(value ?? "")}`).join(" ");
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
