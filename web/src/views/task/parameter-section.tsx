import { useSignal } from "@preact/signals";

import type { Parameter } from "../../api/types";
import { toJson, toOptions, toYaml } from "../../lib/parameter-text";
import { compareText } from "../../lib/text-order";
import { removeParameter, setParameter, USER_PROPERTIES } from "../../state/task-edits";
import { CopyButton } from "../parts/copy-button";

interface ParameterSectionProps {
  task: string;
  name: string;
  parameters: Parameter[];
  editable: boolean;
  /** Called after a change. */
  reload: () => void;
}

/** The parameters of one section; where they may be changed, a value is a field, and there is a row for a new one. */
export function ParameterSection({ task, name, parameters, editable, reload }: ParameterSectionProps) {
  const problem = useSignal("");
  if (parameters.length === 0 && !editable) return null;
  const sorted = [...parameters].sort((a, b) => compareText(a.name, b.name));
  const title = name === USER_PROPERTIES ? "User properties" : name;

  const change = async (work: Promise<void>) => {
    try {
      await work;
      problem.value = "";
      reload();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <section aria-label={`Section ${name}`}>
      <h2>
        {title}{" "}
        {sorted.length > 0 && (
          <span class="copies">
            <Copy text={toJson(sorted)} form="JSON" section={name} />
            <Copy text={toYaml(sorted)} form="YAML" section={name} />
            <Copy text={toOptions(sorted)} form="options" section={name} />
          </span>
        )}
      </h2>
      {problem.value && <p role="alert">{problem.value}</p>}
      {sorted.length > 0 && (
        <table class="parameters">
          <caption class="visually-hidden">Parameters of {name}</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">Type</th>
              {editable && (
                <th scope="col">
                  <span class="visually-hidden">Remove</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {sorted.map((parameter) => (
              <tr key={parameter.name}>
                <th scope="row" title={parameter.description ?? undefined}>
                  {parameter.name}
                </th>
                <td class="parameter-value">
                  {editable ? (
                    <input
                      aria-label={`Value of ${parameter.name}`}
                      value={parameter.value ?? ""}
                      onChange={(event) =>
                        void change(setParameter(task, { ...parameter, value: event.currentTarget.value }))
                      }
                    />
                  ) : (
                    parameter.value
                  )}
                </td>
                <td class="quiet">{parameter.type}</td>
                {editable && (
                  <td>
                    <button
                      type="button"
                      class="button-plain"
                      aria-label={`Remove ${parameter.name}`}
                      onClick={() => void change(removeParameter(task, parameter))}
                    >
                      ×
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {editable && (
        <NewParameter section={name} add={(parameter) => void change(setParameter(task, parameter))} />
      )}
    </section>
  );
}

function Copy({ text, form, section }: { text: string; form: string; section: string }) {
  return (
    <span class="quiet">
      {form} <CopyButton text={text} what={`${section} as ${form}`} />
    </span>
  );
}

function NewParameter({ section, add }: { section: string; add: (parameter: Parameter) => void }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const entered = new FormData(form);
    add({ section, name: String(entered.get("name")), value: String(entered.get("value")) });
    form.reset();
  };
  return (
    <form class="metadata-form" onSubmit={submit}>
      <input name="name" required placeholder="New name" aria-label={`New name in ${section}`} />
      <input name="value" placeholder="Value" aria-label={`New value in ${section}`} />
      <button type="submit">Add</button>
    </form>
  );
}
