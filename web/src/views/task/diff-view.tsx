import { useMemo } from "preact/hooks";

import { type FileDiff, parseDiff } from "../../lib/diff";

/** A patch, file by file; what is added and removed has a sign and a colour. */
export function DiffView({ patch }: { patch: string }) {
  const files = useMemo(() => parseDiff(patch), [patch]);
  return (
    <>
      {files.map((file, index) => (
        <FileView key={index} file={file} />
      ))}
    </>
  );
}

function FileView({ file: { file, added, removed, lines } }: { file: FileDiff }) {
  const text = (
    <pre class="diff" tabIndex={0} aria-label={`Changes of ${file || "the code"}`}>
      {lines.map((line, index) => (
        <code key={index} class={`diff-${line.kind}`}>
          {`${line.text}\n`}
        </code>
      ))}
    </pre>
  );
  if (file === "") return text;
  return (
    <details open>
      <summary>
        <code>{file}</code> <span class="diff-added">+{added}</span> <span class="diff-removed">−{removed}</span>
      </summary>
      {text}
    </details>
  );
}
