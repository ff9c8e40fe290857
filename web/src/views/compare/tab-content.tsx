import { useMemo } from "preact/hooks";

import type { CompareTab } from "../../lib/route";
import { lazy } from "../parts/lazy";
import { type Compared, detailsOf, parametersOf } from "./compared";
import { DifferenceTable } from "./difference-table";
import { ParallelTab } from "./parallel-tab";
import { PlotsTab } from "./plots-tab";
import { SamplesTab } from "./samples-tab";
import { ScatterTab } from "./scatter-tab";
import { ValuesTab } from "./values-tab";

const ScalarsTab = lazy(async () => (await import("./scalars-tab")).ScalarsTab);

export interface CompareTabProps {
  compared: Compared[];
  /** Which of them the others are compared to. */
  base: number;
}

export function CompareTabContent({ tab, compared, base }: CompareTabProps & { tab: CompareTab }) {
  const parameters = useMemo(() => compared.map(({ task }) => parametersOf(task)), [compared]);
  const details = useMemo(() => compared.map(({ task }) => detailsOf(task)), [compared]);
  switch (tab) {
    case "details":
      return <DifferenceTable compared={compared} base={base} facts={details} caption="Details" />;
    case "parameters":
      return <DifferenceTable compared={compared} base={base} facts={parameters} caption="Parameters" />;
    case "scalars":
      return <ScalarsTab compared={compared} />;
    case "values":
      return <ValuesTab compared={compared} base={base} />;
    case "parallel":
      return <ParallelTab compared={compared} />;
    case "scatter":
      return <ScatterTab compared={compared} />;
    case "plots":
      return <PlotsTab compared={compared} />;
    case "samples":
      return <SamplesTab compared={compared} />;
  }
}
