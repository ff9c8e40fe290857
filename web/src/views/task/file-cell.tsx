import { fileLink } from "../../lib/links";
import { CopyButton } from "../parts/copy-button";
import { Icon } from "../parts/icon";

/** A file by its address: to download, on another server, or an address that the browser can do nothing with. */
export function FileCell({ uri }: { uri: string | null | undefined }) {
  const link = fileLink(uri, location.origin);
  switch (link.kind) {
    case "own":
      return (
        <a href={link.href} download>
          <Icon name="download" /> Download
        </a>
      );
    case "external":
      return (
        <a href={link.href} target="_blank" rel="noopener noreferrer" title={link.href}>
          <Icon name="external" /> On {link.host}
        </a>
      );
    case "text":
      return uri ? (
        <>
          <code class="uri">{uri}</code> <CopyButton text={uri} what="address" />
        </>
      ) : (
        <>–</>
      );
  }
}
