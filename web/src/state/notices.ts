/** What the page says and asks above its screens. */
import { signal } from "@preact/signals";

const SHOWN_FOR = 10_000;

export interface Notice {
  text: string;
  failed: boolean;
  undo?: () => void;
}

/** What was just done or went wrong. */
export const notice = signal<Notice | null>(null);

let hiding: ReturnType<typeof setTimeout> | undefined;

/** Say something for ten seconds, in which it can be undone. */
export function notify(text: string, { failed = false, undo }: { failed?: boolean; undo?: (() => void) | undefined } = {}): void {
  clearTimeout(hiding);
  notice.value = { text, failed, ...(undo && { undo }) };
  hiding = setTimeout(() => (notice.value = null), SHOWN_FOR);
}

export interface Question {
  title: string;
  /** The button that says yes. */
  yes: string;
  text?: string;
  /** A field to fill in; without one it is a question of yes or no. */
  field?: { label: string; value: string; options?: { value: string; text: string }[]; suggestions?: string[] };
  danger?: boolean;
}

/** The question that is being asked. */
export const question = signal<(Question & { answer: (value: string | null) => void }) | null>(null);

/** Ask in a dialog. @returns what was filled in (empty without a field), `null` if it was closed */
export function ask(asked: Question): Promise<string | null> {
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (value) => {
        question.value = null;
        resolve(value);
      },
    };
  });
}
