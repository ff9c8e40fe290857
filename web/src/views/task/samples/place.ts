/** Which sample is open, as the address says it. */
import type { SampleEvent } from "../../../api/types";
import { setQuery } from "../../../state/location";
import type { SamplePlace } from "../../../state/samples";

/** How a series of samples is called. */
export function sampleName({ metric, variant }: Pick<SampleEvent, "metric" | "variant">): string {
  return [metric, variant].filter(Boolean).join(" / ");
}

/** Open a sample; the address then says which. */
export function openSample({ metric, variant, iter }: SamplePlace): void {
  setQuery("sample", JSON.stringify([metric, variant, iter]));
}

/** The sample that the address says is open. */
export function placeFrom(address: URLSearchParams): SamplePlace | null {
  try {
    const [metric, variant, iter] = JSON.parse(address.get("sample") ?? "") as unknown[];
    return { metric: String(metric), variant: String(variant), iter: Number(iter) };
  } catch {
    return null;
  }
}
