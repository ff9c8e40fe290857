/** The values under the cursor, beside it: of the few curves that are nearest. */

export interface Reading {
  name: string;
  value: number;
  /** CSS colour of the curve. */
  colour: string;
  /** Pixels between the curve and the cursor, across. */
  distance: number;
}

/** More would hide the curves. */
const MOST = 5;

/** Pixels between the cursor and the box. */
const GAP = 12;

export class Tooltip {
  private readonly box = document.createElement("div");

  /** @param over what the box lies on; its width and height bound it */
  constructor(private readonly over: HTMLElement) {
    this.box.className = "chart-tooltip";
    this.box.hidden = true;
    over.append(this.box);
  }

  /** Show readings of one place, the nearest first; nothing if there are none. */
  show(place: string, readings: readonly Reading[], left: number, top: number): void {
    const nearest = [...readings].sort((a, b) => a.distance - b.distance).slice(0, MOST);
    this.box.hidden = nearest.length === 0;
    const more = readings.length - nearest.length;
    this.box.replaceChildren(line(place), ...nearest.map(row), ...(more > 0 ? [line(`and ${more} more`)] : []));
    const fits = left + GAP + this.box.offsetWidth <= this.over.clientWidth;
    this.box.style.left = `${fits ? left + GAP : Math.max(left - GAP - this.box.offsetWidth, 0)}px`;
    this.box.style.top = `${Math.max(Math.min(top, this.over.clientHeight - this.box.offsetHeight), 0)}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}

function line(text: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "quiet";
  element.textContent = text;
  return element;
}

function row({ name, value, colour }: Reading): HTMLElement {
  const row = document.createElement("div");
  row.className = "chart-reading";
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  swatch.style.background = colour;
  const label = document.createElement("span");
  label.textContent = name;
  const number = document.createElement("b");
  number.textContent = String(Number(value.toPrecision(6)));
  row.append(swatch, label, number);
  return row;
}
