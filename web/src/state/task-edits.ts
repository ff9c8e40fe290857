/** Changes of a task's document, as drafts allow them. All throw as `send`. */
import type { ConfigurationItem, Container, Parameter, Script } from "../api/types";
import { send } from "./session";

/** The section that may be changed in any status (protocol §2.3). */
export const USER_PROPERTIES = "properties";

export async function setParameter(task: string, parameter: Parameter): Promise<void> {
  await send("tasks.edit_hyper_params", { task, hyperparams: [parameter], replace_hyperparams: "none" });
}

export async function removeParameter(task: string, { section, name }: Parameter): Promise<void> {
  await send("tasks.delete_hyper_params", { task, hyperparams: [{ section, name }] });
}

export async function setConfiguration(task: string, item: ConfigurationItem): Promise<void> {
  await send("tasks.edit_configuration", { task, configuration: [item] });
}

/** Replace what people wrote about the task, in any status. */
export async function editComment(task: string, comment: string): Promise<void> {
  await send("tasks.edit", { task, comment, force: true });
}

/** Replace what is run. */
export async function setScript(task: string, script: Script): Promise<void> {
  await send("tasks.edit", { task, script });
}

/** Replace where it is run. */
export async function setContainer(task: string, container: Container): Promise<void> {
  await send("tasks.edit", { task, container });
}
