import type { ConfigurationItem, Parameter, Task } from "../../api/types";
import { compareText } from "../../lib/text-order";
import { query, setQuery } from "../../state/location";
import { CodeBlock } from "../parts/code-block";
import { Empty } from "../parts/empty";
import { Icon } from "../parts/icon";

type ConfigurationTabProps = Pick<Task, "hyperparams" | "configuration">;

/** Hyperparameters by section, and configuration objects. */
export function ConfigurationTab({ hyperparams, configuration }: ConfigurationTabProps) {
  const wanted = (query.value.get("q") ?? "").toLowerCase();
  const sections = Object.entries(hyperparams)
    .map(([name, parameters]) => ({ name, parameters: Object.values(parameters) }))
    .filter(({ parameters }) => parameters.length > 0)
    .sort((a, b) => compareText(a.name, b.name));
  const objects = Object.values(configuration);
  if (sections.length === 0 && objects.length === 0) return <Empty>This task has no parameters.</Empty>;

  return (
    <>
      <label class="search">
        <Icon name="search" />
        <span class="visually-hidden">Filter parameters</span>
        <input
          type="search"
          placeholder="Filter by name or value"
          value={wanted}
          onInput={(event) => setQuery("q", event.currentTarget.value)}
        />
      </label>
      {sections.map(({ name, parameters }) => (
        <Section key={name} name={name} parameters={parameters.filter((parameter) => matches(parameter, wanted))} />
      ))}
      {objects
        .filter((item) => matches(item, wanted))
        .map((item) => (
          <ConfigurationObject key={item.name} item={item} />
        ))}
    </>
  );
}

function Section({ name, parameters }: { name: string; parameters: Parameter[] }) {
  if (parameters.length === 0) return null;
  return (
    <section aria-label={`Section ${name}`}>
      <h2>{name}</h2>
      <table class="parameters">
        <caption class="visually-hidden">Parameters of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          {[...parameters]
            .sort((a, b) => compareText(a.name, b.name))
            .map((parameter) => (
              <tr key={parameter.name}>
                <th scope="row" title={parameter.description ?? undefined}>
                  {parameter.name}
                </th>
                <td class="parameter-value">{parameter.value}</td>
                <td class="quiet">{parameter.type}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

function ConfigurationObject({ item }: { item: ConfigurationItem }) {
  return (
    <section aria-label={`Configuration ${item.name}`}>
      <h2>
        {item.name} <span class="quiet">{item.type}</span>
      </h2>
      <CodeBlock text={item.value ?? ""} what={item.name} />
    </section>
  );
}

function matches(item: { name: string; value?: string | null }, wanted: string): boolean {
  return `${item.name}\n${item.value ?? ""}`.toLowerCase().includes(wanted);
}
