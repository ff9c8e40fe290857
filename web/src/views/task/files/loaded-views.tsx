import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import { parseCsv } from "../../../lib/csv";
import { formatBytes, formatCount } from "../../../lib/format";
import { loadText, loadZipEntries } from "../../../state/file-content";
import { useLive } from "../../../state/live";
import { FigureTableView } from "../../parts/figure-table";
import { Problem } from "../../parts/problem";
import { SandboxedFrame } from "../../parts/sandboxed-frame";

/** More rows than this are for another program. */
const ROWS = 200;

interface FileProps {
  address: string;
  name: string;
}

/** A file as it is. */
export function TextView({ address, name }: FileProps) {
  return (
    <Loaded address={address} load={loadText}>
      {(text) => (
        <pre class="file-text" tabIndex={0} aria-label={name}>
          {text}
        </pre>
      )}
    </Loaded>
  );
}

/** The beginning of a table. A compressed one arrives unpacked, or is no text. */
export function CsvView({ address, name, separator }: FileProps & { separator: string }) {
  return (
    <Loaded address={address} load={loadText}>
      {(text) => {
        const [header = [], ...rows] = parseCsv(text, separator, ROWS + 1);
        return <FigureTableView table={{ kind: "table", title: name, header, rows }} name={name} />;
      }}
    </Loaded>
  );
}

/** A document, running where it reaches nothing. */
export function HtmlView({ address, name }: FileProps) {
  return (
    <Loaded address={address} load={loadText}>
      {(text) => (
        <div class="document-frame">
          <SandboxedFrame page="/document.html" title={name} message={text} />
        </div>
      )}
    </Loaded>
  );
}

/** What is in an archive. */
export function ArchiveView({ address, name }: FileProps) {
  return (
    <Loaded address={address} load={loadZipEntries}>
      {(entries) =>
        entries === null ? (
          <p class="quiet">The archive's directory can't be read here.</p>
        ) : (
          <>
            <p class="quiet">{formatCount(entries.length, "entry").replace(/entrys$/, "entries")}</p>
            <ul class="file-list" aria-label={name}>
              {entries.slice(0, ROWS).map((entry) => (
                <li key={entry.name}>
                  <code>{entry.name}</code> <span class="quiet">{formatBytes(entry.size)}</span>
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  );
}

interface LoadedProps<T> {
  address: string;
  load: (address: string, abort: AbortSignal) => Promise<T>;
  children: (content: T) => ComponentChildren;
}

function Loaded<T>({ address, load, children }: LoadedProps<T>) {
  const { data, error, reload } = useLive<{ content: T }>({
    key: address,
    load: async (abort) => ({ content: await load(address, abort) }),
    every: () => null,
  });
  const content = useMemo(() => data.value && children(data.value.content), [data.value]);
  if (error.value) return <Problem error={error.value} retry={reload} />;
  return <>{content ?? <span class="quiet">Loading…</span>}</>;
}
