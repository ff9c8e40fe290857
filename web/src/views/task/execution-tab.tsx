import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import type { Container, Script, Task } from "../../api/types";
import { fileLink, repositoryLink } from "../../lib/links";
import { setContainer, setScript } from "../../state/task-edits";
import { Card, Facts } from "../parts/card";
import { CodeBlock } from "../parts/code-block";
import { CopyButton } from "../parts/copy-button";
import { EditableText } from "../parts/editable-text";
import { DiffView } from "./diff-view";

interface ExecutionTabProps {
  task: Task;
  /** Called after a change. */
  reload: () => void;
}

/** What is run, with what, and where. A draft can be changed. */
export function ExecutionTab({ task, reload }: ExecutionTabProps) {
  const { script } = task;
  const isDraft = task.status === "created";
  const saveScript = (change: (text: string) => Partial<Script>) =>
    isDraft
      ? async (text: string) => {
          await setScript(task.id, { ...script, ...change(text) });
          reload();
        }
      : null;
  const saveContainer = (change: (text: string) => Container) =>
    isDraft
      ? async (text: string) => {
          await setContainer(task.id, { ...task.container, ...change(text) });
          reload();
        }
      : null;
  return (
    <div class="cards">
      <SourceCard script={script} />
      <ContainerCard task={task} save={saveContainer} />
      <PackagesCard
        requirements={script.requirements ?? {}}
        save={saveScript((pip) => ({ requirements: { ...script.requirements, pip } }))}
      />
      <Card title="Uncommitted changes" wide>
        <EditableText what="changes" text={script.diff ?? ""} save={saveScript((diff) => ({ diff }))}>
          {script.diff ? (
            <>
              <CopyButton text={script.diff} what="changes as a patch" />
              <DiffView patch={script.diff} />
            </>
          ) : (
            <p class="quiet">None.</p>
          )}
        </EditableText>
      </Card>
    </div>
  );
}

function SourceCard({ script }: { script: Script }) {
  return (
    <Card title="Source">
      <Facts
        facts={[
          ["Repository", script.repository && <Repository address={script.repository} />],
          ["Branch", script.branch],
          ["Tag", script.tag],
          ["Commit", script.version_num && <Commit script={script} />],
          ["Script", script.entry_point && <code key="entry">{script.entry_point}</code>],
          ["Folder", script.working_dir && <code key="folder">{script.working_dir}</code>],
          ["Interpreter", script.binary && <code key="binary">{script.binary}</code>],
        ]}
      />
    </Card>
  );
}

function Repository({ address }: { address: string }) {
  return <OutsideLink address={repositoryLink(address, null)}>{address}</OutsideLink>;
}

function Commit({ script }: { script: Script }) {
  const address = repositoryLink(script.repository ?? "", script.version_num ?? null);
  return (
    <OutsideLink address={address}>
      <code>{script.version_num}</code>
    </OutsideLink>
  );
}

function OutsideLink({ address, children }: { address: string | null; children: ComponentChildren }) {
  const link = fileLink(address, location.origin);
  if (link.kind === "text") return <>{children}</>;
  return (
    <a href={link.href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

interface ContainerCardProps {
  task: Task;
  save: (change: (text: string) => Container) => ((text: string) => Promise<void>) | null;
}

function ContainerCard({ task, save }: ContainerCardProps) {
  const { image, arguments: options, setup_shell_script: setup } = task.container;
  return (
    <Card title="Container">
      <EditableText what="image" text={image ?? ""} save={save((text) => ({ image: text.trim() }))}>
        <Facts facts={[["Image", image]]} />
      </EditableText>
      <EditableText what="arguments" text={options ?? ""} save={save((text) => ({ arguments: text.trim() }))}>
        {options && <Facts facts={[["Arguments", options]]} />}
      </EditableText>
      <EditableText what="set-up script" text={setup ?? ""} save={save((text) => ({ setup_shell_script: text }))}>
        {setup && <CodeBlock text={setup} what="set-up script" />}
      </EditableText>
      {task.output.destination && <Facts facts={[["Output", task.output.destination]]} />}
    </Card>
  );
}

interface PackagesCardProps {
  requirements: NonNullable<Script["requirements"]>;
  save: ((text: string) => Promise<void>) | null;
}

/** One list of packages at a time: those that the run used, or those it was asked to use. */
function PackagesCard({ requirements, save }: PackagesCardProps) {
  const chosen = useSignal("pip");
  const lists = Object.entries(requirements).map(([tool, lines]) => ({
    tool,
    text: Array.isArray(lines) ? lines.join("\n") : (lines ?? ""),
  }));
  const shown = lists.find(({ tool }) => tool === chosen.value) ?? lists[0];
  const text = shown?.text ?? "";
  return (
    <Card title="Packages" wide>
      {lists.length > 1 && (
        <label class="quiet">
          List{" "}
          <select value={shown?.tool} onChange={(event) => (chosen.value = event.currentTarget.value)}>
            {lists.map(({ tool }) => (
              <option key={tool}>{tool}</option>
            ))}
          </select>
        </label>
      )}
      <EditableText what="packages" text={text} save={(shown?.tool ?? "pip") === "pip" ? save : null}>
        {text.trim() === "" ? (
          <p class="quiet">None were recorded.</p>
        ) : (
          <CodeBlock text={text} what={`packages of ${shown?.tool}`} />
        )}
      </EditableText>
    </Card>
  );
}
