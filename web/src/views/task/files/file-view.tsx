import { fileKind } from "../../../lib/file-kind";
import { fileLink, imageAddress } from "../../../lib/links";
import { FileCell } from "../file-cell";
import { ArchiveView, CsvView, HtmlView, TextView } from "./loaded-views";

/** A file of this server, shown by its kind; any other is linked to. */
export function FileView({ uri, name }: { uri: string; name: string }) {
  const picture = imageAddress(uri, location.origin);
  const link = fileLink(uri, location.origin);
  const kind = fileKind(uri);
  if (picture !== null && (kind === "image" || uri.startsWith("data:"))) {
    return <img class="picture" src={picture} alt={name} loading="lazy" decoding="async" />;
  }
  if (link.kind !== "own") return <FileCell uri={uri} />;
  switch (kind) {
    case "video":
      return <video class="picture" src={link.href} controls preload="metadata" aria-label={name} />;
    case "audio":
      return <audio src={link.href} controls preload="none" aria-label={name} />;
    case "html":
      return <HtmlView address={link.href} name={name} />;
    case "csv":
      return <CsvView address={link.href} name={name} separator={uri.endsWith(".tsv") ? "\t" : ","} />;
    case "zip":
      return <ArchiveView address={link.href} name={name} />;
    case "text":
      return <TextView address={link.href} name={name} />;
    default:
      return <FileCell uri={uri} />;
  }
}

/** Whether `FileView` would show more than a link. */
export function isShown(uri: string): boolean {
  return fileKind(uri) !== "other" && fileLink(uri, location.origin).kind === "own";
}
