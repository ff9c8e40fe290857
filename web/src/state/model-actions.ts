/** What can be done with models. */
import type { Model } from "../api/types";
import {
  type Action,
  askName,
  askOwnTag,
  askProject,
  askTag,
  confirmed,
  gone,
  idsOf,
  type Refusal,
  refusals,
  withoutTag,
  withTag,
} from "./actions";
import { send } from "./session";

/** What has to be known of a model to act upon it. */
export type ActedModel = Pick<Model, "id" | "name" | "ready" | "project" | "tags">;

type ModelAction = Action<ActedModel>;

export type ModelActionKey = "publish" | "tag" | "untag" | "rename" | "move" | "archive" | "restore" | "delete";

const many =
  (action: "models.archive_many" | "models.unarchive_many" | "models.delete_many") =>
  async (models: readonly ActedModel[]): Promise<Refusal[]> =>
    refusals((await send(action, { ids: idsOf(models) })).failed);

async function changeTags(models: readonly ActedModel[], change: { add_tags?: string[]; remove_tags?: string[] }): Promise<Refusal[]> {
  await send("models.update_tags", { ids: idsOf(models), ...change });
  return [];
}

const addTag = (models: readonly ActedModel[], tag: string) => changeTags(models, { add_tags: [tag] });
const removeTag = (models: readonly ActedModel[], tag: string) => changeTags(models, { remove_tags: [tag] });

async function rename(models: readonly ActedModel[], name: string): Promise<Refusal[]> {
  for (const { id } of models) await send("models.edit", { model: id, name });
  return [];
}

export const MODEL_ACTIONS: Record<ModelActionKey, ModelAction> = {
  publish: {
    label: "Publish",
    done: "Published",
    archived: false,
    allows: ({ ready }) => !ready,
    details: confirmed("Publish", "A published model can't be changed any more, but for its tags and metadata."),
    forecast: () => ({ ready: true }),
    request: async (models) => refusals((await send("models.publish_many", { ids: idsOf(models), publish_task: false })).failed),
  },
  tag: { label: "Add tag", done: "Tagged", details: askTag, forecast: withTag, request: addTag, undo: removeTag },
  untag: {
    label: "Remove tag",
    done: "Untagged",
    allows: ({ tags }) => tags.length > 0,
    details: askOwnTag,
    forecast: withoutTag,
    request: removeTag,
    undo: addTag,
  },
  rename: {
    label: "Rename",
    done: "Renamed",
    single: true,
    details: askName,
    forecast: (_, name) => ({ name }),
    request: rename,
    undo: async (models) => (await Promise.all(models.map((model) => rename([model], model.name)))).flat(),
  },
  move: {
    label: "Move",
    done: "Moved",
    details: askProject,
    request: async (models, project_name) => {
      await send("models.move", { ids: idsOf(models), project_name });
      return [];
    },
  },
  archive: { label: "Archive", done: "Archived", archived: false, forecast: gone, request: many("models.archive_many"), undo: many("models.unarchive_many") },
  restore: { label: "Restore", done: "Restored", archived: true, forecast: gone, request: many("models.unarchive_many"), undo: many("models.archive_many") },
  delete: {
    label: "Delete",
    done: "Deleted",
    archived: true,
    danger: true,
    details: confirmed("Delete", "Tasks that start from it will not find it any more. This can't be undone.", true),
    forecast: gone,
    request: many("models.delete_many"),
  },
};
