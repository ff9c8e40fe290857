/** What may become of an address that a run stored: a link to this server, a marked link elsewhere, or mere text. */

export type FileLink = { kind: "own" | "external"; href: string; host: string } | { kind: "text" };

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * @param uri the stored address; anything may be in it
 * @param page origin of the page
 */
export function fileLink(uri: string | null | undefined, page: string): FileLink {
  const url = parseUrl(uri ?? "");
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.username || url.password)
    return { kind: "text" };
  const own = new URL(page);
  if (isSameServer(url, own)) return { kind: "own", href: url.pathname + url.search, host: own.host };
  return { kind: "external", href: url.href, host: url.host };
}

/** Equal origins, or two names of this machine with the same port: runs and browsers write loopback differently. */
function isSameServer(url: URL, page: URL): boolean {
  if (url.origin === page.origin) return true;
  return (
    url.protocol === page.protocol &&
    url.port === page.port &&
    LOOPBACK.has(url.hostname) &&
    LOOPBACK.has(page.hostname)
  );
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** What an image element may show without asking another host: a file of this server, or a picture in its address. */
export function imageAddress(uri: string, page: string): string | null {
  if (/^data:image\/(?:png|jpeg|gif|webp);base64,/.test(uri)) return uri;
  const link = fileLink(uri, page);
  return link.kind === "own" ? link.href : null;
}

/**
 * The page of a repository, or of one of its commits, at the hosts whose addresses are all made alike; `null` where it
 * can't be told.
 */
export function repositoryLink(repository: string, commit: string | null): string | null {
  const [, host, path] = /^(?:https?:\/\/|ssh:\/\/)?(?:[^@/]+@)?([\w.-]+)(?::\d+)?[/:](.+?)(?:\.git)?\/?$/.exec(repository) ?? [];
  if (!host?.includes(".") || path === undefined) return null;
  const page = `https://${host}/${path}`;
  return commit === null ? page : `${page}/commit/${encodeURIComponent(commit)}`;
}
