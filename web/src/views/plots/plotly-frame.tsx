import { useEffect, useRef } from "preact/hooks";

import { isDark, onThemeChange } from "../../charts/theme";
import { figureHeight, type PlotFigure, type PlotMessage } from "../../lib/plot-message";
import { useInView } from "../in-view";

const PAGE = "/plot.html";

/** A figure drawn by Plotly, in a frame without an origin; the frame exists only while it is on the screen. */
export function PlotlyFrame({ figure, name }: { figure: PlotFigure; name: string }) {
  const root = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  const inView = useInView(root);

  useEffect(() => {
    if (!inView) return;
    const draw = () => {
      const message: PlotMessage = { figure, dark: isDark() };
      // The frame has no origin that could be named; it is our own page, and the figure is no secret to it.
      frame.current?.contentWindow?.postMessage(message, "*");
    };
    const onMessage = (event: MessageEvent) => {
      if (event.source === frame.current?.contentWindow && event.data === "ready") draw();
    };
    addEventListener("message", onMessage);
    const stopWatching = onThemeChange(draw);
    draw();
    return () => {
      removeEventListener("message", onMessage);
      stopWatching();
    };
  }, [inView, figure]);

  return (
    <div ref={root} class="plot-frame" style={{ height: `${figureHeight(figure)}px` }}>
      {inView && <iframe ref={frame} src={PAGE} title={name} sandbox="allow-scripts allow-downloads" />}
    </div>
  );
}
