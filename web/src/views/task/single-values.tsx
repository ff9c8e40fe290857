import type { SingleValue } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { metricName } from "../../lib/metrics";

/** Values that have no iteration. */
export function SingleValues({ values }: { values: SingleValue[] }) {
  if (values.length === 0) return null;
  return (
    <table class="single-values">
      <caption>Values</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="number">
            Value
          </th>
        </tr>
      </thead>
      <tbody>
        {values.map((value) => (
          <tr key={metricName(value)}>
            <th scope="row">{metricName(value)}</th>
            <td class="number" title={String(value.value)}>
              {formatNumber(value.value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
