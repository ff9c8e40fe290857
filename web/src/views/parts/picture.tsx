import { imageAddress } from "../../lib/links";
import { FileCell } from "../task/file-cell";

/** A picture that a run stored: shown if it lies on this server or in the address itself, otherwise linked to. */
export function Picture({ address, name }: { address: string; name: string }) {
  const source = imageAddress(address, location.origin);
  if (source === null) return <FileCell uri={address} />;
  return <img class="picture" src={source} alt={name} loading="lazy" decoding="async" />;
}
