import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface EditableTextProps {
  /** What the text is, completing "Edit …". */
  what: string;
  text: string;
  /** Stores another text; `null` where nothing may be changed. */
  save: ((text: string) => Promise<void>) | null;
  /** How the text is shown while it is not edited. */
  children: ComponentChildren;
}

/** A text that can be edited in its place, if it may be. The server's word stands beside it when it says no. */
export function EditableText({ what, text, save, children }: EditableTextProps) {
  const draft = useSignal<string | null>(null);
  const problem = useSignal("");
  if (!save) return <>{children}</>;
  if (draft.value === null) {
    return (
      <>
        {children}
        <button type="button" onClick={() => (draft.value = text)}>
          Edit {what}
        </button>
      </>
    );
  }
  const store = async () => {
    try {
      await save(draft.value ?? "");
      draft.value = null;
      problem.value = "";
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <form
      class="edit"
      onSubmit={(event) => {
        event.preventDefault();
        void store();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void store();
        if (event.key === "Escape") draft.value = null;
      }}
    >
      <textarea
        aria-label={what}
        rows={Math.min(Math.max(draft.value.split("\n").length + 1, 3), 24)}
        value={draft.value}
        onInput={(event) => (draft.value = event.currentTarget.value)}
        spellcheck={false}
      />
      <div class="controls">
        <button type="submit">Save</button>
        <button type="button" onClick={() => (draft.value = null)}>
          Cancel
        </button>
        {problem.value && <span role="alert">{problem.value}</span>}
      </div>
    </form>
  );
}
