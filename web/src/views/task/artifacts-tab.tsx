import { useSignal } from "@preact/signals";

import type { Artifact } from "../../api/types";
import { formatBytes } from "../../lib/format";
import { CopyButton } from "../parts/copy-button";
import { Empty } from "../parts/empty";
import { FileCell } from "./file-cell";
import { FileView, isShown } from "./files/file-view";

/** Files that the task made or took. */
export function ArtifactsTab({ artifacts }: { artifacts: Artifact[] }) {
  if (artifacts.length === 0) return <Empty>This task has no artifacts.</Empty>;
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="Artifacts">
      <table class="artifacts">
        <caption class="visually-hidden">Artifacts</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">SHA-256</th>
            <th scope="col">File</th>
            <th scope="col">Preview</th>
          </tr>
        </thead>
        <tbody>
          {artifacts.map((artifact) => (
            <Row key={`${artifact.mode}/${artifact.key}`} artifact={artifact} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ artifact }: { artifact: Artifact }) {
  return (
    <tr>
      <th scope="row">
        {artifact.key}
        {artifact.mode === "input" && <span class="tag">input</span>}
        <Metadata pairs={artifact.display_data ?? []} />
      </th>
      <td title={artifact.type_data?.content_type ?? undefined}>{artifact.type}</td>
      <td class="number" title={artifact.content_size == null ? undefined : `${artifact.content_size} bytes`}>
        {formatBytes(artifact.content_size)}
      </td>
      <td>
        {artifact.hash ? (
          <>
            <code title={artifact.hash}>{artifact.hash.slice(0, 10)}…</code>{" "}
            <CopyButton text={artifact.hash} what="hash" />
          </>
        ) : (
          "–"
        )}
      </td>
      <td>
        <FileCell uri={artifact.uri} />
      </td>
      <td class="cell-preview">
        <Preview text={artifact.type_data?.preview ?? ""} />
        {artifact.uri && isShown(artifact.uri) && <Content uri={artifact.uri} name={artifact.key} />}
      </td>
    </tr>
  );
}

function Metadata({ pairs }: { pairs: [string, string][] }) {
  if (pairs.length === 0) return null;
  return <div class="quiet metadata">{pairs.map(([name, value]) => `${name}: ${value}`).join(" · ")}</div>;
}

/** The file itself, loaded when it is wanted. */
function Content({ uri, name }: { uri: string; name: string }) {
  const wanted = useSignal(false);
  return (
    <>
      <button type="button" aria-expanded={wanted.value} onClick={() => (wanted.value = !wanted.value)}>
        {wanted.value ? "Hide" : "Show"} {name}
      </button>
      {wanted.value && <FileView uri={uri} name={name} />}
    </>
  );
}

/** A short preview as it is; a long one on demand. */
function Preview({ text }: { text: string }) {
  if (text.trim() === "") return <>–</>;
  const [first = "", ...rest] = text.trim().split("\n");
  if (rest.length === 0 && first.length <= 80) return <code>{first}</code>;
  return (
    <details>
      <summary>
        <code>{first.slice(0, 80)}…</code>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}
