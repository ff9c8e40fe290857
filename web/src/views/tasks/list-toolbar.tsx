import type { FilterError } from "../../lib/task-filter";
import { setQuery } from "../../state/location";
import { Icon } from "../parts/icon";
import { ColumnPicker, GroupPicker } from "./column-picker";
import { SavedViews } from "./saved-views";

interface ListToolbarProps {
  heading: string;
  project: string | null;
  count: string;
  pending: number;
  show: () => void;
  text: string;
  problem: FilterError | null;
  columns: readonly string[];
  /** Whether columns are hidden that have the same value in all rows, and how many are. */
  varying: boolean;
  hidden: number;
  grouping: readonly string[];
  save: () => void;
}

const EXAMPLE = "status:running tag:prod metrics.val.acc>0.9 params.Args.lr<=1e-3 updated<2d";

/** What is above the table: where one is, the filter, and what the table shows. */
export function ListToolbar(props: ListToolbarProps) {
  const { heading, project, count, pending, show, text, problem, columns, varying, hidden, grouping, save } = props;
  return (
    <div class="toolbar">
      <div>
        {project !== null && (
          <nav class="breadcrumbs" aria-label="Breadcrumbs">
            <a href="/projects">Projects</a>
          </nav>
        )}
        <h1>{heading}</h1>
      </div>
      <span class="quiet" role="status">
        {count}
      </span>
      {pending > 0 && (
        <button type="button" class="pill" onClick={show}>
          {pending === 1 ? "1 new task" : `${pending} new tasks`} – show
        </button>
      )}
      <label class="search search-wide">
        <Icon name="search" />
        <span class="visually-hidden">Filter tasks</span>
        <input
          type="search"
          placeholder="Filter: words, or status:running metrics.loss<0.1"
          title={`Such as ${EXAMPLE}`}
          value={text}
          aria-invalid={problem !== null}
          aria-describedby="filter-problem"
          onInput={(event) => setQuery("q", event.currentTarget.value)}
        />
        <span id="filter-problem" class="filter-problem" role="status">
          {problem && `${problem.message} (at character ${problem.position + 1}).`}
        </span>
      </label>
      <ColumnPicker columns={columns} varying={varying} hidden={hidden} project={project} />
      <GroupPicker grouping={grouping} project={project} />
      <SavedViews />
      <button type="button" onClick={save}>
        CSV
      </button>
    </div>
  );
}
