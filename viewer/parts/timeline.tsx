import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { upTo } from '../pure/search-sorted.js';
import { momentText } from '../pure/time.js';
import type { ShownRow, Trace } from '../pure/trace.js';
import { panned, whole, type Window, zoomed } from '../pure/window.js';
import { AXIS_HEIGHT, type Colours, draw, nearest, type Picture, ROW_HEIGHT, timeAt } from './draw.js';
import type { Action, State } from './state.js';

const coloursOf = (element: Element): Colours => {
  const style = getComputedStyle(element);
  const colour = (name: keyof Colours): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    faint: colour('faint'),
    band: colour('band'),
    cursor: colour('cursor'),
    input: colour('input'),
    event: colour('event'),
    script: colour('script'),
    unit: colour('unit'),
    setting: colour('setting'),
    warning: colour('warning'),
    failed: colour('failed'),
    background: colour('background'),
  };
};

interface Properties {
  readonly trace: Trace;
  readonly rows: readonly ShownRow[];
  /** marks that are shown, in the order of their times */
  readonly marks: readonly number[];
  readonly state: State;
  readonly act: (action: Action) => void;
}

/** One finger or the mouse, and where it was pressed. */
interface Pressed {
  readonly x: number;
  readonly window: Window;
}

/** The rows over time: the slider is the cursor, the picture a canvas. */
export const Timeline = ({ trace, rows, marks, state, act }: Properties) => {
  const { length } = trace.data;
  const frame = useRef<HTMLDivElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const pressed = useRef(new Map<number, Pressed>());
  const hasMoved = useRef(false);
  const [size, setSize] = useState({ width: 800, height: 300, top: 0, scheme: 0 });
  const [under, setUnder] = useState({ mark: -1, x: 0, y: 0 });

  useEffect(() => {
    const [outer, inner] = [frame.current, slider.current];
    if (outer === null || inner === null) return undefined;
    const measure = (): void =>
      setSize(before => ({ ...before, width: inner.clientWidth, height: outer.clientHeight, top: outer.scrollTop }));
    const observer = new ResizeObserver(measure);
    observer.observe(outer);
    outer.addEventListener('scroll', measure, { passive: true });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = (): void => setSize(before => ({ ...before, scheme: before.scheme + 1 }));
    scheme.addEventListener('change', recolour);
    addEventListener('beforeprint', recolour);
    addEventListener('themechange', recolour);
    return () => {
      observer.disconnect();
      outer.removeEventListener('scroll', measure);
      scheme.removeEventListener('change', recolour);
      removeEventListener('beforeprint', recolour);
      removeEventListener('themechange', recolour);
    };
  }, []);

  const picture = (): Picture | undefined =>
    canvas.current === null
      ? undefined
      : {
          ...{ trace, rows, window: state.window, cursor: state.cursor, selected: state.selected },
          ...{ width: size.width, height: size.height, top: size.top, colours: coloursOf(canvas.current) },
        };

  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const scale = devicePixelRatio || 1;
    const [width, height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    const context = element.getContext('2d');
    const now = picture();
    if (context === null || now === undefined) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    draw(context, now);
  });

  /** A wheel that would scroll the page zooms; not passive, so not by a property. */
  useEffect(() => {
    const element = slider.current;
    if (element === null) return undefined;
    const turn = (event: WheelEvent): void => {
      if (event.shiftKey && event.deltaX === 0) return; // the rows are scrolled
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      const { window } = state;
      const span = window.to - window.from;
      const next =
        Math.abs(event.deltaX) > Math.abs(event.deltaY)
          ? panned(window, (event.deltaX / width) * span, length)
          : zoomed(window, Math.exp(event.deltaY / 400), timeAt(window, width, event.clientX - left), length);
      act({ do: 'look at', window: next });
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [state, length]);

  const placeOf = (event: PointerEvent): { readonly x: number; readonly y: number } => {
    const { left = 0, top = 0 } = canvas.current?.getBoundingClientRect() ?? {};
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const press = (event: PointerEvent): void => {
    slider.current?.setPointerCapture(event.pointerId);
    hasMoved.current = false;
    pressed.current.set(event.pointerId, { x: placeOf(event).x, window: state.window });
  };
  const move = (event: PointerEvent): void => {
    const { x, y } = placeOf(event);
    const start = pressed.current.get(event.pointerId);
    if (start === undefined) {
      const now = picture();
      const mark = now === undefined ? -1 : nearest(now, x, y);
      if (mark !== under.mark) setUnder({ mark, x, y });
      return;
    }
    const { window } = state;
    const other = [...pressed.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const [before, now] = [Math.abs(start.x - other.x), Math.abs(x - other.x)];
      const middle = timeAt(window, size.width, (x + other.x) / 2);
      act({ do: 'look at', window: zoomed(window, Math.max(before, 10) / Math.max(now, 10), middle, length) });
      pressed.current.set(event.pointerId, { x, window });
      hasMoved.current = true;
    } else if (hasMoved.current || Math.abs(x - start.x) > 4) {
      hasMoved.current = true;
      const { from, to } = start.window;
      act({ do: 'look at', window: panned(start.window, ((start.x - x) / size.width) * (to - from), length) });
    }
  };
  const release = (event: PointerEvent): void => {
    const wasPressed = pressed.current.delete(event.pointerId);
    if (!wasPressed || hasMoved.current || event.type === 'pointercancel') return;
    const { x, y } = placeOf(event);
    const now = picture();
    const mark = now === undefined ? -1 : nearest(now, x, y);
    act(mark >= 0 ? { do: 'select', mark } : { do: 'go to', at: timeAt(state.window, size.width, x) });
  };

  /** The mark before or after the cursor, so many away. */
  const step = (by: number): void => {
    const { at } = trace.data.marks;
    const place = marks.indexOf(state.selected);
    const before = upTo(
      marks.map(mark => at[mark] ?? 0),
      state.cursor,
    );
    const next =
      place >= 0 && at[state.selected] === state.cursor ? place + by : by > 0 ? before + by - 1 : before + by;
    const mark = marks[Math.min(Math.max(next, 0), marks.length - 1)];
    if (mark !== undefined) act({ do: 'select', mark });
  };
  const pressKey = (event: KeyboardEvent): void => {
    const { window, cursor } = state;
    const span = window.to - window.from;
    const look = (next: Window): void => act({ do: 'look at', window: next });
    const keys: Readonly<Record<string, () => void>> = {
      ArrowRight: () => (event.shiftKey ? look(panned(window, span / 5, length)) : step(1)),
      ArrowLeft: () => (event.shiftKey ? look(panned(window, -span / 5, length)) : step(-1)),
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      PageDown: () => step(10),
      PageUp: () => step(-10),
      Home: () => act({ do: 'go to', at: 0 }),
      End: () => act({ do: 'go to', at: length }),
      '+': () => look(zoomed(window, 1 / 1.5, cursor, length)),
      '=': () => look(zoomed(window, 1 / 1.5, cursor, length)),
      '-': () => look(zoomed(window, 1.5, cursor, length)),
      '0': () => look(whole(length)),
    };
    const key = keys[event.key];
    if (key === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    key();
  };

  const selectedText =
    state.selected < 0
      ? ''
      : `: ${trace.rowOf(state.selected).name}: ${trace.text(trace.data.marks.text[state.selected])}`;
  const tip =
    under.mark < 0
      ? undefined
      : `${momentText(trace.data.marks.at[under.mark] ?? 0)} ${trace.text(trace.data.marks.text[under.mark])}`;
  return (
    <div
      class="timeline"
      ref={frame}
      tabIndex={-1}
      style={{ height: `min(60vh, ${AXIS_HEIGHT + rows.length * ROW_HEIGHT + 4}px)` }}
    >
      <ol class="labels" aria-label="Rows of the timeline" style={{ paddingTop: `${AXIS_HEIGHT}px` }}>
        {rows.map(({ row, lane }) => (
          <li key={row.name} style={{ height: `${ROW_HEIGHT}px` }} class={row.name === row.link ? 'link' : ''}>
            <span title={row.name}>{row.name}</span>{' '}
            <small aria-label={`${lane.marks.length} marks`}>{lane.marks.length}</small>
          </li>
        ))}
      </ol>
      <div
        class="slider"
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label="Time. Arrows: the event before or after; plus and minus: zoom; 0: everything; Shift and arrows: move"
        aria-valuemin={0}
        aria-valuemax={Math.round(length)}
        aria-valuenow={Math.round(state.cursor)}
        aria-valuetext={`${momentText(state.cursor)}${selectedText}`}
        onKeyDown={pressKey}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerLeave={() => setUnder({ mark: -1, x: 0, y: 0 })}
        onDblClick={event => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const at = timeAt(state.window, width, event.clientX - left);
          act({ do: 'look at', window: zoomed(state.window, 1 / 4, at, length) });
        }}
      >
        <canvas ref={canvas} style={{ height: `${size.height}px`, width: `${size.width}px` }} />
        {tip === undefined ? null : (
          <div
            class="tip"
            aria-hidden="true"
            style={{
              transform: `translate(${Math.min(under.x + 12, Math.max(0, size.width - 320))}px, ${under.y + 14 + size.top}px)`,
            }}
          >
            {tip}
          </div>
        )}
      </div>
    </div>
  );
};
