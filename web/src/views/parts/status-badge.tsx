/** A task's status as icon, word and colour. */
import { statusMeaning, type Tone } from "../../lib/status";
import { Icon, type IconName } from "./icon";

const ICONS: Record<Tone, IconName> = {
  idle: "draft",
  waiting: "clock",
  running: "play",
  good: "check",
  bad: "cross",
  halted: "stop",
};

export function StatusBadge({ status, progress }: { status: string; progress?: unknown }) {
  const { word, tone } = statusMeaning(status);
  // How far a task got that failed or was stopped is worth knowing; one that ended well got to its end.
  const percent = tone === "good" ? null : percentage(progress);
  return (
    <span class={`status status-${tone}`}>
      <Icon name={ICONS[tone]} />
      {word}
      {percent !== null && <span class="status-progress"> {percent} %</span>}
    </span>
  );
}

/** Clients write progress as a text or as a number (protocol §3.4). */
function percentage(progress: unknown): number | null {
  const percent =
    typeof progress === "string" || typeof progress === "number" ? Math.round(Number(progress)) : Number.NaN;
  return percent >= 0 && percent <= 100 ? percent : null;
}
