import { useEffect, useRef } from "preact/hooks";

import { notice, question } from "../../state/notices";

/** Says what was done, with a way back. */
export function NoticeBar() {
  const shown = notice.value;
  return (
    <div class="notices" role="status">
      {shown && (
        <div class={shown.failed ? "notice notice-failed" : "notice"}>
          <span>{shown.text}</span>
          {shown.undo && (
            <button
              type="button"
              onClick={() => {
                notice.value = null;
                shown.undo?.();
              }}
            >
              Undo
            </button>
          )}
          <button type="button" class="button-plain" aria-label="Close the message" onClick={() => (notice.value = null)}>
            ×
          </button>
        </div>
      )}
    </div>
  );
}

/** Asks what an action has to know. */
export function QuestionDialog() {
  const asked = question.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (asked) dialog.current?.showModal();
  }, [asked]);
  if (!asked) return null;
  const { title, text, field, yes, danger, answer } = asked;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    answer(String(new FormData(event.currentTarget as HTMLFormElement).get("value") ?? ""));
  };
  return (
    <dialog ref={dialog} class="question" aria-labelledby="question-title" onClose={() => answer(null)}>
      <form onSubmit={submit}>
        <h2 id="question-title">{title}</h2>
        {text && <p class="quiet">{text}</p>}
        {field && (
          <label>
            {field.label}
            {field.options ? (
              <select name="value" value={field.value}>
                {field.options.map((option) => (
                  <option key={option.value} value={option.value}>
                    {option.text}
                  </option>
                ))}
              </select>
            ) : (
              <input name="value" defaultValue={field.value} required autofocus list={field.suggestions && "question-suggestions"} />
            )}
          </label>
        )}
        {field?.suggestions && (
          <datalist id="question-suggestions">
            {field.suggestions.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        )}
        <div class="question-buttons">
          <button type="button" onClick={() => answer(null)}>
            Cancel
          </button>
          <button type="submit" class={danger ? "button-danger" : "button-primary"}>
            {yes}
          </button>
        </div>
      </form>
    </dialog>
  );
}
