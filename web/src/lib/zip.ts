/** The names in a ZIP archive, read from the directory at its end. */

export interface ZipEntry {
  name: string;
  /** Bytes, unpacked. */
  size: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_LENGTH = 22;
const ENTRY_LENGTH = 46;

/**
 * The entries whose descriptions lie in the last bytes of an archive; `null` if there is no directory in them, as in
 * archives beyond 4 GiB.
 *
 * @param tail the archive's last bytes, as many as were read
 */
export function readZipDirectory(tail: ArrayBuffer): ZipEntry[] | null {
  const view = new DataView(tail);
  const end = findEnd(view);
  if (end === -1) return null;
  const length = view.getUint32(end + 12, true);
  let place = end - length;
  if (place < 0) return null;
  const entries: ZipEntry[] = [];
  while (place + ENTRY_LENGTH <= end && view.getUint32(place, true) === ENTRY) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(place + offset, true));
    const text = new Uint8Array(tail, place + ENTRY_LENGTH, name);
    entries.push({ name: new TextDecoder().decode(text), size: view.getUint32(place + 24, true) });
    place += ENTRY_LENGTH + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

function findEnd(view: DataView): number {
  for (let place = view.byteLength - END_LENGTH; place >= 0; place -= 1) {
    if (view.getUint32(place, true) === END) return place;
  }
  return -1;
}
