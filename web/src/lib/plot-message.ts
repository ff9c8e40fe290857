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

/**
 * A figure's layout as wide as its frame, with the theme's colours. One that brings colours of its own, as a template or
 * a background, keeps them all: half of them would be unreadable.
 */
export function themedLayout(layout: Record<string, unknown>, dark: boolean): Record<string, unknown> {
  const { width: _width, height: _height, ...rest } = layout;
  if (rest["template"] !== undefined) return { ...rest, autosize: true };
  const hasBackground = rest["paper_bgcolor"] !== undefined || rest["plot_bgcolor"] !== undefined;
  return { ...rest, template: { layout: dark && !hasBackground ? DARK : LIGHT }, autosize: true };
}

const LIGHT = colours("#ffffff", "#1f2328", "#e3e6ea", "#8a929c");

const DARK = {
  ...colours("#1b1e24", "#e6e6e6", "#343942", "#7a828c"),
  colorway: ["#6ea8fe", "#ffb454", "#7ee0a1", "#f28b8b", "#c3a6ff", "#d7b899", "#ff9ed2", "#b8c0cc"],
};

function colours(background: string, text: string, grid: string, zero: string) {
  const axis = { gridcolor: grid, zerolinecolor: zero, linecolor: zero };
  return {
    paper_bgcolor: background,
    plot_bgcolor: background,
    font: { color: text },
    xaxis: axis,
    yaxis: axis,
    scene: { xaxis: axis, yaxis: axis, zaxis: axis },
  };
}
