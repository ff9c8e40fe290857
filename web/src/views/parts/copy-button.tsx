import { useSignal } from "@preact/signals";

import { Icon } from "./icon";

const SHOWN_FOR = 1500;

/** Copies a text, and says that it did. `what` completes "Copy …" for those who cannot see the icon. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await copyText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), SHOWN_FOR);
  };
  return (
    <button
      type="button"
      class="button-plain"
      title={`Copy ${what}`}
      aria-label={`Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={copied.value ? "done" : "copy"} />
      <span role="status" class="visually-hidden">
        {copied.value ? "Copied" : ""}
      </span>
    </button>
  );
}

/** The clipboard belongs to secure pages; a server on another machine without TLS is none, so there is the old way. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
