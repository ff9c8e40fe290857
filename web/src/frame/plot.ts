/**
 * Draws one Plotly figure in a frame of its own, whose origin is none: what a figure says can reach nothing of the app.
 * The app sends `{ figure, dark }`, as often as it likes.
 */
import "./plot.css";
import plotly from "plotly.js-strict-dist-min/plotly-strict.min.js?url";

import { type PlotMessage, themedLayout } from "../lib/plot-message";

const root = document.getElementById("plot");

function draw(event: MessageEvent<PlotMessage>): void {
  if (!root || event.source !== parent) return;
  const { figure, dark } = event.data;
  const config = { responsive: true, displaylogo: false };
  void Plotly.react(root, figure.data, themedLayout(figure.layout, dark), config).then(
    () => root.setAttribute("data-drawn", "true"),
    (error: unknown) => (root.textContent = `This figure can't be drawn: ${String(error)}`),
  );
}

// A script element, since a bundler would spend minutes on five megabytes that are small already.
const script = document.createElement("script");
script.src = plotly;
script.addEventListener("load", () => {
  addEventListener("message", draw);
  parent.postMessage("ready", "*");
});
document.head.append(script);
