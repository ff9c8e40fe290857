import { RefusedError, UnreachableError } from "../../api/client";

interface ProblemProps {
  error: Error;
  retry?: () => void;
  /** Something older is still on the screen. */
  stale?: boolean;
}

/** Says what went wrong and what happens next; never a blank page. */
export function Problem({ error, retry, stale = false }: ProblemProps) {
  return (
    <div class={stale ? "problem problem-stale" : "problem"} role="alert">
      <p>
        <strong>{headline(error)}</strong>{" "}
        {stale ? "What you see may be out of date; trying again." : "Trying again by itself."}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Retry now
        </button>
      )}
    </div>
  );
}

function headline(error: Error): string {
  if (error instanceof UnreachableError) return `No answer from ${error.url}.`;
  if (error instanceof RefusedError) return `The server said no: ${error.message}.`;
  return `Something in this page failed: ${error.message}.`;
}
