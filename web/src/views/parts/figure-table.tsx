import type { FigureTable } from "../../lib/figure";

/** A table that a run reported. */
export function FigureTableView({ table, name }: { table: FigureTable; name: string }) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={name}>
      <table>
        <caption class="visually-hidden">{name}</caption>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              <th key={index} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
