import type { Actions } from "../../api/types";
import { formatDuration, parseDate } from "../../lib/format";
import { taskPath } from "../../lib/route";
import { now } from "../../state/clock";
import { Facts } from "../parts/card";
import { Ago } from "../parts/time";
import { MachineCurves } from "./machine-curves";

type Worker = Actions["workers.get_all"][1]["workers"][number];

/** Agents report every 15 to 30 seconds; one that has not for so many milliseconds is lost, or cut off. */
const LOST_AFTER = 90_000;

/** A worker: what it runs, whom it serves, and what its machine does. */
export function WorkerCard({ worker, seconds }: { worker: Worker; seconds: number }) {
  const { id, task, queues, ip, last_report_time } = worker;
  const reported = parseDate(last_report_time ?? worker.last_activity_time) ?? 0;
  const lost = now.value - reported > LOST_AFTER;
  const state = lost ? "lost" : task ? "busy" : "idle";
  return (
    <section class="card" aria-label={`Worker ${id}`}>
      <div class="card-head">
        <h2>
          {id} <span class={`worker-state worker-${state}`}>{state}</span>
        </h2>
      </div>
      <div class="worker-body">
        <Facts
          facts={[
            ["Task", task && <a href={taskPath(task.id)}>{task.name}</a>],
            ["Running for", task && formatDuration(task.running_time / 1000)],
            ["Iteration", task?.last_iteration],
            ["Queues", queues.map(({ name }) => name).join(", ")],
            ["Address", ip],
            ["Last report", <Ago date={last_report_time} />],
          ]}
        />
        <MachineCurves worker={id} seconds={seconds} />
      </div>
    </section>
  );
}
