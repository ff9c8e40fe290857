/**
 * The protocol's requests and responses, as far as the page uses them; the whole contract is `src/pellucid/wire`.
 * Dates are ISO texts with an offset, event timestamps are milliseconds, artifact timestamps are seconds (protocol §1.4).
 */

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

/** What each action takes and gives. */
export interface Actions {
  "users.get_current_user": [Record<string, never>, { user: User }];
  "projects.get_all": [Listing, { projects: { id: string; name: string }[] }];
  "tasks.get_all": [Listing & { project?: string[] }, { tasks: ListedTask[] }];
  "tasks.get_by_id": [{ task: string }, { task: Task }];
  "models.get_all": [Listing, { models: Model[] }];
  "events.scalar_metrics_iter_histogram": [
    { task: string; samples?: number; key?: "iter" | "timestamp" },
    Record<string, Record<string, Curve>>,
  ];
  "events.multi_task_scalar_metrics_iter_histogram": [
    { tasks: string[]; samples?: number; key?: "iter" | "timestamp" },
    { metrics: Record<string, Record<string, Record<string, Curve>>> },
  ];
  "events.get_multi_task_plots": [
    { tasks: string[]; iters?: number; no_scroll?: boolean },
    { plots: Record<string, Record<string, Record<string, Record<string, { plots: PlotEvent[] }>>>> },
  ];
  "events.get_task_single_value_metrics": [{ tasks: string[] }, { tasks: { task: string; values: SingleValue[] }[] }];
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

export type ActionName = keyof Actions;
