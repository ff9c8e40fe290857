/** What a task's status means to a person. */

export type Tone = "idle" | "waiting" | "running" | "good" | "bad" | "halted";

export interface StatusMeaning {
  word: string;
  tone: Tone;
  /** Nothing more is expected of the task, unless somebody starts it again. */
  final: boolean;
}

const MEANINGS: Record<string, StatusMeaning> = {
  created: { word: "Draft", tone: "idle", final: false },
  queued: { word: "Queued", tone: "waiting", final: false },
  in_progress: { word: "Running", tone: "running", final: false },
  completed: { word: "Completed", tone: "good", final: true },
  publishing: { word: "Publishing", tone: "good", final: false },
  published: { word: "Published", tone: "good", final: true },
  closed: { word: "Closed", tone: "idle", final: true },
  stopped: { word: "Stopped", tone: "halted", final: true },
  failed: { word: "Failed", tone: "bad", final: true },
};

/** The meaning of a status; one that we do not know keeps its own word. */
export function statusMeaning(status: string): StatusMeaning {
  return MEANINGS[status] ?? { word: status, tone: "idle", final: false };
}
