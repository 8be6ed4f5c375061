import type { Drawn } from '../pure/layout.js';
import { drawnIn } from '../pure/layout.js';
import type { ShownRow, Trace } from '../pure/trace.js';
import { ticksOf } from '../pure/time.js';
import type { Window } from '../pure/window.js';
import { FAILED, FINE, type MarkKind } from '../../src/trace/view/view-data.js';

export const ROW_HEIGHT = 28;
export const AXIS_HEIGHT = 24;
const BAR_HEIGHT = 16;
const RADIUS = 5;
/** Pixels between two labels of the axis, at least. */
const TICK_WIDTH = 110;

/** Of the style sheet: they are others in the dark. */
export interface Colours {
  readonly text: string;
  readonly faint: string;
  readonly band: string;
  readonly cursor: string;
  readonly input: string;
  readonly event: string;
  readonly script: string;
  readonly unit: string;
  readonly setting: string;
  readonly warning: string;
  readonly failed: string;
  readonly background: string;
}

type Shape = 'diamond' | 'circle' | 'square' | 'triangle' | 'bar';
type Look = readonly [shape: Shape, colour: keyof Colours];

/** Told apart by shape as well as by colour. */
export const lookOf = (kind: MarkKind): Look => {
  switch (kind) {
    case 'kernel':
    case 'networkd':
    case 'lease-file':
    case 'configuration':
    case 'source':
    case 'other-input':
      return ['diamond', 'input'];
    case 'script':
      return ['bar', 'script'];
    case 'unit':
      return ['square', 'unit'];
    case 'setting':
      return ['square', 'setting'];
    case 'fault':
    case 'not-recorded':
      return ['triangle', 'warning'];
    case 'link-state':
    case 'manager-state':
    case 'link':
    case 'address':
    case 'route':
    case 'rule':
    case 'lease':
    case 'sleep':
    case 'extension':
      return ['circle', 'event'];
  }
};

export interface Picture {
  readonly trace: Trace;
  readonly rows: readonly ShownRow[];
  readonly window: Window;
  readonly width: number;
  readonly height: number;
  /** how far the rows are scrolled, pixels */
  readonly top: number;
  readonly cursor: number;
  /** number of a mark, or -1 */
  readonly selected: number;
  readonly colours: Colours;
}

export const xOf = ({ from, to }: Window, width: number, at: number): number => ((at - from) / (to - from)) * width;
export const timeAt = ({ from, to }: Window, width: number, x: number): number => from + (x / width) * (to - from);
const middleOf = (nth: number, top: number): number => AXIS_HEIGHT + nth * ROW_HEIGHT + ROW_HEIGHT / 2 - top;

/** The rows that can be seen. */
const seen = ({ rows, height, top }: Picture): readonly (readonly [number, ShownRow])[] => {
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT));
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW_HEIGHT));
  return rows.slice(first, last).map((row, nth) => [first + nth, row]);
};

/** What is drawn where. */
export const nearest = (picture: Picture, x: number, y: number): number => {
  const nth = Math.floor((y - AXIS_HEIGHT + picture.top) / ROW_HEIGHT);
  const row = picture.rows[nth];
  if (row === undefined || y < AXIS_HEIGHT) return -1;
  const away = ({ x: left, width }: Drawn): number => Math.max(left - x, x - left - width, 0);
  const best = drawnIn(row.lane, picture.window, picture.width).reduce<Drawn | undefined>(
    (found, one) => (found === undefined || away(one) < away(found) ? one : found),
    undefined,
  );
  return best !== undefined && away(best) < 12 ? best.mark : -1;
};

const drawShape = (canvas: CanvasRenderingContext2D, shape: Shape, x: number, y: number, size: number): void => {
  canvas.beginPath();
  if (shape === 'circle') canvas.arc(x, y, size, 0, 2 * Math.PI);
  else if (shape === 'triangle') {
    canvas.moveTo(x, y - size - 1);
    canvas.lineTo(x + size + 1, y + size);
    canvas.lineTo(x - size - 1, y + size);
    canvas.closePath();
  } else if (shape === 'diamond') {
    canvas.moveTo(x, y - size);
    canvas.lineTo(x + size, y);
    canvas.lineTo(x, y + size);
    canvas.lineTo(x - size, y);
    canvas.closePath();
  } else canvas.rect(x - size + 0.5, y - size + 0.5, size * 2 - 1, size * 2 - 1);
  canvas.fill();
};

const drawCross = (canvas: CanvasRenderingContext2D, x: number, y: number, size: number): void => {
  canvas.beginPath();
  canvas.moveTo(x - size, y - size);
  canvas.lineTo(x + size, y + size);
  canvas.moveTo(x + size, y - size);
  canvas.lineTo(x - size, y + size);
  canvas.stroke();
};

const drawBar = (canvas: CanvasRenderingContext2D, picture: Picture, one: Drawn, y: number): void => {
  const { colours, trace, width } = picture;
  const left = Math.max(one.x, -2);
  const wide = Math.max(Math.min(one.x + one.width, width + 2) - left, 4);
  const hasFailed = one.level === FAILED;
  canvas.fillStyle = hasFailed ? colours.failed : one.level === FINE ? colours.script : colours.warning;
  canvas.fillRect(left, y - BAR_HEIGHT / 2, wide, BAR_HEIGHT);
  if (hasFailed) {
    canvas.strokeStyle = colours.background;
    canvas.lineWidth = 2;
    if (wide > 12) drawCross(canvas, left + 8, y, 4);
  }
  if (wide < 60) return;
  const inset = hasFailed ? 18 : 6;
  canvas.save();
  canvas.beginPath();
  canvas.rect(left, y - BAR_HEIGHT / 2, wide - 4, BAR_HEIGHT);
  canvas.clip();
  canvas.fillStyle = colours.background;
  canvas.fillText(trace.text(trace.data.marks.text[one.mark]), left + inset, y + 0.5);
  canvas.restore();
};

const drawMark = (canvas: CanvasRenderingContext2D, picture: Picture, one: Drawn, y: number): void => {
  const { colours, trace } = picture;
  const [shape, colour] = lookOf(trace.kindOf(one.mark));
  if (shape === 'bar') {
    drawBar(canvas, picture, one, y);
    return;
  }
  const x = one.x + one.width / 2;
  canvas.fillStyle = one.level === FAILED ? colours.failed : one.level === FINE ? colours[colour] : colours.warning;
  if (one.count > 1) canvas.fillRect(one.x - RADIUS, y - RADIUS, one.width + 2 * RADIUS, 2 * RADIUS);
  else drawShape(canvas, one.level === FINE ? shape : 'triangle', x, y, RADIUS);
  if (one.level !== FAILED) return;
  canvas.strokeStyle = colours.background;
  canvas.lineWidth = 1.5;
  drawCross(canvas, x, y + (one.count > 1 ? 0 : 1.5), 2);
};

/** Lines from what caused the selected mark, and to what it caused. */
const drawCauses = (canvas: CanvasRenderingContext2D, picture: Picture): void => {
  const { trace, rows, window, width, top, selected, colours } = picture;
  if (selected < 0) return;
  const places = new Map(rows.map(({ row }, nth) => [row.name, nth]));
  const { marks } = trace.data;
  const placeOf = (mark: number): readonly [number, number] | undefined => {
    const nth = places.get(trace.rowOf(mark).name);
    return nth === undefined ? undefined : [xOf(window, width, marks.at[mark] ?? 0), middleOf(nth, top)];
  };
  const connect = (from: number, to: number): void => {
    const [start, end] = [placeOf(from), placeOf(to)];
    if (start === undefined || end === undefined) return;
    canvas.beginPath();
    canvas.moveTo(...start);
    const middle = (start[1] + end[1]) / 2;
    canvas.bezierCurveTo(start[0], middle, end[0], middle, ...end);
    canvas.stroke();
  };
  canvas.strokeStyle = colours.cursor;
  canvas.lineWidth = 1.5;
  const cause = marks.cause[selected] ?? -1;
  if (cause >= 0) connect(cause, selected);
  trace
    .effectsOf(selected)
    .slice(0, 200)
    .forEach(effect => connect(selected, effect));
  const place = placeOf(selected);
  if (place === undefined) return;
  canvas.lineWidth = 2.5;
  canvas.beginPath();
  canvas.arc(...place, RADIUS + 5, 0, 2 * Math.PI);
  canvas.stroke();
};

const drawAxis = (canvas: CanvasRenderingContext2D, { window, width, height, colours }: Picture): void => {
  canvas.fillStyle = colours.background;
  canvas.fillRect(0, 0, width, AXIS_HEIGHT);
  canvas.lineWidth = 1;
  for (const { at, label } of ticksOf(window, Math.max(2, Math.floor(width / TICK_WIDTH)))) {
    const x = Math.round(xOf(window, width, at)) + 0.5;
    canvas.strokeStyle = colours.faint;
    canvas.beginPath();
    canvas.moveTo(x, AXIS_HEIGHT - 6);
    canvas.lineTo(x, height);
    canvas.stroke();
    canvas.fillStyle = colours.text;
    canvas.fillText(label, x + 4, AXIS_HEIGHT / 2);
  }
};

/** Draws all of it. */
export const draw = (canvas: CanvasRenderingContext2D, picture: Picture): void => {
  const { width, height, window, cursor, colours, top } = picture;
  canvas.fillStyle = colours.background;
  canvas.fillRect(0, 0, width, height);
  canvas.font = `12px ${getComputedStyle(canvas.canvas).fontFamily}`;
  canvas.textBaseline = 'middle';
  const rows = seen(picture);
  canvas.fillStyle = colours.band;
  for (const [nth] of rows)
    if (nth % 2 === 1) canvas.fillRect(0, middleOf(nth, top) - ROW_HEIGHT / 2, width, ROW_HEIGHT);
  drawAxis(canvas, picture);
  canvas.save();
  canvas.beginPath();
  canvas.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
  canvas.clip();
  for (const [nth, { lane }] of rows)
    for (const one of drawnIn(lane, window, width)) drawMark(canvas, picture, one, middleOf(nth, top));
  drawCauses(canvas, picture);
  canvas.restore();
  const x = Math.round(xOf(window, width, cursor)) + 0.5;
  canvas.strokeStyle = colours.cursor;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(x, 0);
  canvas.lineTo(x, height);
  canvas.stroke();
};
