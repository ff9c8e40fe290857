/** The few functions of Plotly that we call; its script defines it for the whole frame. */
declare const Plotly: {
  react(root: HTMLElement, data: unknown[], layout: object, config: object): Promise<unknown>;
};
