/** Moments and lengths of time that stay true while one looks at them. */
import { formatAgo, formatDuration, parseDate } from "../../lib/format";
import { statusMeaning } from "../../lib/status";
import { now } from "../../state/clock";

/** How long ago it was; the exact local time is in the title. */
export function Ago({ date }: { date: string | null | undefined }) {
  const time = parseDate(date);
  if (time === null) return <>–</>;
  return (
    <time dateTime={date ?? ""} title={exact(time)}>
      {formatAgo(time, now.value)}
    </time>
  );
}

/** The exact local time, with how long ago it was. */
export function Moment({ date }: { date: string | null | undefined }) {
  const time = parseDate(date);
  if (time === null) return <>–</>;
  return (
    <span class="moment">
      <time dateTime={date ?? ""}>{exact(time)}</time> <span class="quiet">({formatAgo(time, now.value)})</span>
    </span>
  );
}

interface Run {
  status: string;
  started?: string | null;
  completed?: string | null;
  last_update?: string | null;
}

/** How long a task has run, or is running. */
export function Duration({ run }: { run: Run }) {
  const start = parseDate(run.started);
  if (start === null) return <>–</>;
  return <>{formatDuration((endOf(run, start) - start) / 1000)}</>;
}

function endOf(run: Run, start: number): number {
  if (!statusMeaning(run.status).final) return now.value;
  return parseDate(run.completed) ?? parseDate(run.last_update) ?? start;
}

function exact(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}
