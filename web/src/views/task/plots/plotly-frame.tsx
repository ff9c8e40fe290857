import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { isDark, onThemeChange } from "../../../charts/theme";
import { figureHeight, type PlotFigure, type PlotMessage } from "../../../lib/plot-message";
import { useInView } from "../../parts/in-view";
import { SandboxedFrame } from "../../parts/sandboxed-frame";

/** A figure drawn by Plotly, in a frame that exists only while it is on the screen. */
export function PlotlyFrame({ figure, name }: { figure: PlotFigure; name: string }) {
  const root = useRef<HTMLDivElement>(null);
  const inView = useInView(root);
  const [dark, setDark] = useState(isDark);
  useEffect(() => onThemeChange(() => setDark(isDark())), []);
  const message: PlotMessage = useMemo(() => ({ figure, dark }), [figure, dark]);
  return (
    <div ref={root} class="plot-frame" style={{ height: `${figureHeight(figure)}px` }}>
      {inView && <SandboxedFrame page="/plot.html" title={name} message={message} />}
    </div>
  );
}
