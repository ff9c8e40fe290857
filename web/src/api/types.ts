/**
 * The protocol's requests and responses, as far as the page uses them; the whole contract is `src/pellucid/wire`.
 * Dates are ISO texts with an offset, event timestamps are milliseconds, artifact timestamps are seconds (protocol §1.4).
 */

import type { GeneratedActions } from "./generated";

export interface LastMetric {
  metric: string;
  variant: string;
  value?: number | null;
  min_value?: number | null;
  min_value_iteration?: number | null;
  max_value?: number | null;
  max_value_iteration?: number | null;
  count?: number;
}

export type LastMetrics = Record<string, Record<string, LastMetric>>;

/** What the list of tasks asks for. Paths that a task does not have are left out of the answer. */
export interface TaskSummary {
  id: string;
  name: string;
  project?: string | null;
  status: string;
  tags?: string[];
  created?: string | null;
  started?: string | null;
  completed?: string | null;
  last_update?: string | null;
  last_iteration?: number;
  runtime?: { progress?: unknown };
}

/** A task as a list shows it, with whatever else was asked for. */
export type ListedTask = TaskSummary &
  Partial<Pick<Task, "type" | "user" | "comment" | "last_metrics" | "hyperparams" | "script" | "container">> & {
    runtime?: Record<string, unknown>;
  };

export interface Parameter {
  section: string;
  name: string;
  value?: string | null;
  type?: string | null;
  description?: string | null;
}

export interface ConfigurationItem {
  name: string;
  value?: string | null;
  type?: string | null;
  description?: string | null;
}

export interface Artifact {
  key: string;
  type: string;
  mode?: string;
  uri?: string | null;
  hash?: string | null;
  content_size?: number | null;
  timestamp?: number | null;
  type_data?: { preview?: string | null; content_type?: string | null } | null;
  display_data?: [string, string][] | null;
}

/** A model as a task names it. */
export interface TaskModel {
  name: string;
  model: string;
}

/** Weights, and what is known of them. `task` made it, `ready` says that it is published. */
export interface Model {
  id: string;
  name: string;
  uri: string;
  task: string | null;
  framework: string;
  ready: boolean;
  tags: string[];
  system_tags: string[];
  user: string;
  project: string | null;
  comment: string;
  created: string | null;
  last_update: string | null;
  last_iteration: number;
  /** Names of classes to their numbers. */
  labels: Record<string, number>;
  design: Record<string, unknown>;
  metadata: Record<string, { key: string; type?: string | null; value?: string | null }>;
}

/** What was run. `requirements` values are text or lists of lines (protocol §3.1). */
export interface Script {
  binary?: string | null;
  repository?: string | null;
  branch?: string | null;
  tag?: string | null;
  version_num?: string | null;
  entry_point?: string | null;
  working_dir?: string | null;
  diff?: string | null;
  requirements?: Record<string, string | string[] | null>;
}

/** The container image that an agent runs the task in. */
export interface Container {
  image?: string | null;
  arguments?: string | null;
  setup_shell_script?: string | null;
}

export interface Task {
  id: string;
  name: string;
  type: string;
  status: string;
  project: string | null;
  parent: string | null;
  user: string;
  comment: string;
  status_reason: string;
  status_message: string;
  created: string | null;
  started: string | null;
  completed: string | null;
  last_update: string | null;
  last_worker: string | null;
  last_iteration: number;
  last_metrics: LastMetrics;
  tags: string[];
  system_tags: string[];
  script: Script;
  execution: { artifacts?: Artifact[] };
  models: { input?: TaskModel[]; output?: TaskModel[] };
  container: Container;
  output: { destination?: string | null };
  runtime: Record<string, unknown>;
  hyperparams: Record<string, Record<string, Parameter>>;
  configuration: Record<string, ConfigurationItem>;
}

/** One series: `x` are iterations, or milliseconds when asked for timestamps. */
export interface Curve {
  name: string;
  x: number[];
  y: (number | null)[];
  /** What values are that are no finite numbers, by their index. */
  not_finite?: Record<string, string> | null;
}

/** A page of all points of a title, by series; an empty page is the last. */
export interface RawPage {
  variants: Record<string, { iter: number[]; y: (number | null)[] }>;
  returned: number;
  scroll_id: string | null;
}

export interface SingleValue {
  metric: string;
  variant: string;
  value: number | null;
}

export interface LogEvent {
  timestamp: number;
  level?: string | null;
  msg?: string | null;
  worker?: string | null;
}

export interface PlotEvent {
  metric?: string;
  variant?: string;
  iter?: number;
  plot_str?: string;
}

/** A debug sample: a file that was stored, at an iteration. */
export interface SampleEvent {
  metric: string;
  variant: string;
  iter: number;
  url?: string;
  key?: string;
}

export interface SampleIteration {
  iter: number;
  events: SampleEvent[];
}

/** One sample, and from where to where its series goes; the scroll id leads on to its neighbours. */
export interface SampleStep {
  scroll_id: string | null;
  event: SampleEvent | null;
  min_iteration: number | null;
  max_iteration: number | null;
}

/** The plots of a title in one iteration; the scroll id leads on to its neighbours. */
export interface PlotSteps {
  scroll_id: string | null;
  events: PlotEvent[];
}

/** Who reported: a task, or a model by its id (`model_events`). */
export interface Reporter {
  task: string;
  model_events?: boolean;
}

export interface User {
  id: string;
  name: string;
}

/** The list filters, projection, order and page of protocol §2.0. */
interface Listing {
  id?: string[];
  name?: string;
  only_fields?: string[];
  order_by?: string[];
  page?: number;
  page_size?: number;
  search_hidden?: boolean;
}

/** A listing of tasks. */
export interface TaskListing extends Listing {
  project?: string[];
  status?: string[];
  tags?: string[];
  system_tags?: string[];
  include_subprojects?: boolean;
  /** Ids of models that the tasks start from. */
  "models.input.model"?: string[];
}

/** A project with the numbers of what it and its sub-projects hold (protocol §2.2). */
export interface Project {
  id: string;
  name: string;
  description?: string | null;
  last_update?: string | null;
  system_tags?: string[];
  stats?: { active?: ProjectStats };
}

interface ProjectStats {
  total_tasks?: number;
  status_count?: Record<string, number>;
  completed_tasks_24h?: number;
  total_runtime?: number;
}

/** A queue with what waits in it, in its order. */
export interface Queue {
  id: string;
  name: string;
  display_name?: string | null;
  created?: string | null;
  entries?: { task?: { id: string; name?: string } | string | null; added?: string | null }[];
  workers?: { name?: string; key?: string; ip?: string; task?: { id: string; name: string } | null }[];
}

/** What each action takes and gives, where the page knows more about it than the server's description says. */
interface KnownActions {
  "users.get_current_user": [Record<string, never>, { user: User }];
  "tasks.get_all_ex": [TaskListing, { tasks: ListedTask[] }];
  "projects.get_all": [Listing, { projects: { id: string; name: string }[] }];
  "tasks.get_all": [TaskListing, { tasks: ListedTask[] }];
  "projects.get_all_ex": [Listing & { include_stats?: boolean; stats_for_state?: string }, { projects: Project[] }];
  "queues.get_all_ex": [Listing & { max_task_entries?: number }, { queues: Queue[] }];
  "tasks.get_by_id": [{ task: string }, { task: Task }];
  "tasks.edit": [{ task: string; name?: string; comment?: string; force?: boolean; script?: Script; container?: Container }, { updated: number }];
  "tasks.edit_hyper_params": [
    { task: string; hyperparams: Parameter[]; replace_hyperparams: "none" },
    { updated: number },
  ];
  "tasks.delete_hyper_params": [{ task: string; hyperparams: { section: string; name: string }[] }, { deleted: number }];
  "tasks.edit_configuration": [{ task: string; configuration: ConfigurationItem[] }, { updated: number }];
  "models.get_all": [Listing & { project?: string[]; system_tags?: string[] }, { models: Model[] }];
  "models.get_by_id": [{ model: string }, { model: Model }];
  "models.add_or_update_metadata": [
    { model: string; metadata: { key: string; type: string; value: string }[] },
    { updated: number },
  ];
  "events.scalar_metrics_iter_histogram": [
    Reporter & {
      samples?: number;
      key?: "iter" | "timestamp";
      metrics?: { metric: string }[];
      between?: [number, number];
    },
    Record<string, Record<string, Curve>>,
  ];
  "events.scalar_metrics_iter_raw": [
    Reporter & { metric: { metric: string }; batch_size: number; scroll_id?: string },
    RawPage,
  ];
  "events.multi_task_scalar_metrics_iter_histogram": [
    { tasks: string[]; samples?: number; key?: "iter" | "timestamp" },
    { metrics: Record<string, Record<string, Record<string, Curve>>> },
  ];
  "events.get_multi_task_plots": [
    { tasks: string[]; iters?: number; no_scroll?: boolean },
    { plots: Record<string, Record<string, Record<string, Record<string, { plots: PlotEvent[] }>>>> },
  ];
  "events.get_task_single_value_metrics": [{ tasks: string[]; model_events?: boolean }, { tasks: { task: string; values: SingleValue[] }[] }];
  "events.get_task_log": [
    { task: string; batch_size?: number; navigate_earlier?: boolean; from_timestamp?: number; order?: "asc" | "desc" },
    { events: LogEvent[]; returned: number; total: number },
  ];
  "events.get_task_plots": [
    Reporter & { iters?: number; no_scroll?: boolean },
    { plots: PlotEvent[]; total: number },
  ];
  "events.debug_images": [
    { metrics: { task: string; metric?: string }[]; iters?: number; scroll_id?: string; model_events?: boolean },
    { scroll_id: string | null; metrics: { task: string; iterations: SampleIteration[] }[] },
  ];
  "events.get_debug_image_sample": [
    Reporter & { metric: string; variant: string; iteration: number; navigate_current_metric: boolean },
    SampleStep,
  ];
  "events.next_debug_image_sample": [
    Reporter & { scroll_id: string; navigate_earlier: boolean; next_iteration: boolean },
    SampleStep,
  ];
  "events.get_plot_sample": [Reporter & { metric: string; iteration: number }, PlotSteps];
  "events.next_plot_sample": [
    Reporter & { scroll_id: string; navigate_earlier: boolean; next_iteration: boolean },
    PlotSteps,
  ];
}

/** All actions of the server, in its own words but for those above. */
export type Actions = Omit<GeneratedActions, keyof KnownActions> & KnownActions;

export type ActionName = keyof Actions;
