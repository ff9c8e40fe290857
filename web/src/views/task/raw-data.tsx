import { useSignal } from "@preact/signals";

import type { Reporter } from "../../api/types";
import { toCsv } from "../../lib/csv";
import { loadRaw } from "../../state/scalars";
import { saveText } from "../parts/save-text";

/** Buttons that save all points of a chart, not only those that are drawn. */
export function RawData({ reporter, title }: { reporter: Reporter; title: string }) {
  const problem = useSignal("");
  const save = async (form: "csv" | "json") => {
    try {
      const points = await loadRaw(reporter, title);
      const rows = points.map(({ series, iteration, value }) => [series, iteration, value]);
      const text = form === "csv" ? toCsv([["series", "iteration", "value"], ...rows]) : JSON.stringify(points);
      saveText(`${title.replace(/[^\w-]+/g, "_")}.${form}`, text, form === "csv" ? "text/csv" : "application/json");
      problem.value = "";
    } catch (error) {
      problem.value = String(error);
    }
  };
  return (
    <span class="raw-data">
      {(["csv", "json"] as const).map((form) => (
        <button
          key={form}
          type="button"
          class="button-plain"
          aria-label={`Download all points of ${title} as ${form.toUpperCase()}`}
          onClick={() => void save(form)}
        >
          {form.toUpperCase()}
        </button>
      ))}
      {problem.value && <span role="alert">{problem.value}</span>}
    </span>
  );
}
