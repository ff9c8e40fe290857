/** Charts that change at once are drawn in turn: in each frame as many as fit, so that input is answered in every one. */

/** What drawing may take of a frame, in milliseconds; the browser needs more than that to show it. */
const SHARE = 4;

/** In the order in which they are drawn; each only as it looks last. */
const waiting = new Map<object, () => void>();
let frame: number | null = null;

/** Draw a chart in its turn, in place of what waits for it. */
export function inTurn(chart: object, draw: () => void): void {
  waiting.set(chart, draw);
  frame ??= requestAnimationFrame(drawSome);
}

/** A chart that is gone needs no drawing. */
export function leaveTurn(chart: object): void {
  waiting.delete(chart);
}

function drawSome(): void {
  const end = performance.now() + SHARE;
  for (const [chart, draw] of waiting) {
    waiting.delete(chart);
    draw();
    if (performance.now() >= end) break;
  }
  frame = waiting.size > 0 ? requestAnimationFrame(drawSome) : null;
}
