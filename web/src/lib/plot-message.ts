/** What the app tells the frame that draws a Plotly figure. */

export interface PlotFigure {
  data: unknown[];
  layout: Record<string, unknown>;
}

export interface PlotMessage {
  figure: PlotFigure;
  dark: boolean;
}

/** The height that a figure asks for, within reason, in pixels. */
export function figureHeight({ layout }: PlotFigure): number {
  const height = Number(layout["height"]);
  return height >= 100 && height <= 2000 ? height : 420;
}

/** A figure's layout as wide as its frame, with the theme's colours wherever it names none of its own. */
export function themedLayout(layout: Record<string, unknown>, dark: boolean): Record<string, unknown> {
  const { width: _width, height: _height, ...rest } = layout;
  const ours = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: dark ? "#e6e6e6" : "#1f2328" },
    ...(dark && { colorway: DARK_COLOURS }),
  };
  return { ...ours, ...rest, autosize: true };
}

const DARK_COLOURS = ["#6ea8fe", "#ffb454", "#7ee0a1", "#f28b8b", "#c3a6ff", "#d7b899", "#ff9ed2", "#b8c0cc"];
