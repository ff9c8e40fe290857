/** Files of this server, as far as the page shows them. */
import { UnreachableError } from "../api/client";
import { readZipDirectory, type ZipEntry } from "../lib/zip";

/** More text than this is not for reading in a page; characters. */
const MOST_TEXT = 1 << 20;

/** The directory of an archive is looked for in so many bytes at its end. */
const DIRECTORY = 1 << 20;

/** The beginning of a text file, unpacked if it is a `.gz`. @throws UnreachableError */
export async function loadText(address: string, abort: AbortSignal): Promise<string> {
  const { body } = await get(address, {}, abort);
  if (!body) return "";
  const packed = address.toLowerCase().endsWith(".gz");
  const reader = (packed ? body.pipeThrough(new DecompressionStream("gzip")) : body).getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < MOST_TEXT) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.slice(0, MOST_TEXT);
}

/** The names in a ZIP archive, `null` where they can't be told. @throws UnreachableError */
export async function loadZipEntries(address: string, abort: AbortSignal): Promise<ZipEntry[] | null> {
  const response = await get(address, { Range: `bytes=-${DIRECTORY}` }, abort);
  return readZipDirectory(await response.arrayBuffer());
}

async function get(address: string, headers: Record<string, string>, abort: AbortSignal): Promise<Response> {
  const response = await fetch(address, { headers, signal: abort });
  if (!response.ok) throw new UnreachableError(address);
  return response;
}
