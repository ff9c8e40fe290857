import type { ConfigurationItem, Parameter, Task } from "../../api/types";
import { matcher } from "../../lib/match";
import { compareText } from "../../lib/text-order";
import { query, setQuery } from "../../state/location";
import { setConfiguration, USER_PROPERTIES } from "../../state/task-edits";
import { CodeBlock } from "../parts/code-block";
import { EditableText } from "../parts/editable-text";
import { Empty } from "../parts/empty";
import { SearchField } from "../parts/search-field";
import { ParameterSection } from "./parameter-section";

/** People look for these first; everything else follows by name. */
const FIRST_SECTIONS = ["Args", "General"];

interface ConfigurationTabProps {
  task: Task;
  /** Called after a change. */
  reload: () => void;
}

/** Hyperparameters by section, user properties and configuration objects; a draft's can be changed. */
export function ConfigurationTab({ task, reload }: ConfigurationTabProps) {
  const text = query.value.get("q") ?? "";
  const matches = matcher(text);
  const isWanted = (item: Parameter | ConfigurationItem) => matches(item.name) || matches(item.value ?? "");
  const isDraft = task.status === "created";
  const names = sectionNames(task, isDraft);
  const objects = Object.values(task.configuration).sort((a, b) => compareText(a.name, b.name));
  return (
    <>
      <div class="controls" role="group" aria-label="Parameters">
        <SearchField label="Filter parameters" value={text} onInput={(value) => setQuery("q", value)} />
      </div>
      {names.length === 1 && objects.length === 0 && !isDraft && <Empty>This task has no parameters.</Empty>}
      {names.map((name) => (
        <ParameterSection
          key={name}
          task={task.id}
          name={name}
          parameters={Object.values(task.hyperparams[name] ?? {}).filter(isWanted)}
          editable={isDraft || name === USER_PROPERTIES}
          reload={reload}
        />
      ))}
      {objects.filter(isWanted).map((item) => (
        <ConfigurationObject
          key={item.name}
          item={item}
          save={
            isDraft
              ? async (value) => {
                  await setConfiguration(task.id, { ...item, value });
                  reload();
                }
              : null
          }
        />
      ))}
    </>
  );
}

/** Sections that hold something, the well-known ones first; a draft always has one, and user properties are last. */
function sectionNames({ hyperparams }: Task, isDraft: boolean): string[] {
  const names = Object.keys(hyperparams).filter(
    (name) => name !== USER_PROPERTIES && Object.keys(hyperparams[name] ?? {}).length > 0,
  );
  const rank = (name: string) => (FIRST_SECTIONS.includes(name) ? 0 : 1);
  names.sort((a, b) => rank(a) - rank(b) || compareText(a, b));
  return [...(isDraft && names.length === 0 ? ["Args"] : names), USER_PROPERTIES];
}

interface ConfigurationObjectProps {
  item: ConfigurationItem;
  save: ((text: string) => Promise<void>) | null;
}

function ConfigurationObject({ item, save }: ConfigurationObjectProps) {
  return (
    <section aria-label={`Configuration ${item.name}`}>
      <h2>
        {item.name} <span class="quiet">{item.type}</span>
      </h2>
      <EditableText what={item.name} text={item.value ?? ""} save={save}>
        <CodeBlock text={item.value ?? ""} what={item.name} />
      </EditableText>
    </section>
  );
}
