import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { spanText, wallText } from '../pure/time.js';
import { chosen, everything, incidentsOf, rowsOf, type Trace } from '../pure/trace.js';
import { whole, zoomed } from '../pure/window.js';
import { createWorlds } from '../pure/world-at.js';
import { Events, Incidents, Moment, Selected } from './panels.js';
import { begin, hashOf, momentIn, reduce } from './state.js';
import { Timeline } from './timeline.js';

const themes = ['auto', 'light', 'dark'] as const;

interface Choosing<T extends string> {
  readonly label: string;
  readonly value: T | '';
  readonly all: readonly T[];
  readonly choose: (one: T | '') => void;
}
/** One of them, or all. */
const Choice = <T extends string>({ label, value, all, choose }: Choosing<T>) => (
  <label>
    {label}{' '}
    <select
      value={value}
      onChange={event => {
        choose(all.find(one => one === event.currentTarget.value) ?? '');
      }}
    >
      <option value="">all</option>
      {all.map(one => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  </label>
);

const Legend = () => (
  <ul class="legend" aria-label="Legend">
    <li><i class="diamond input" /> told to the broker</li>
    <li><i class="circle event" /> event</li>
    <li><i class="bar script" /> script</li>
    <li><i class="square unit" /> unit</li>
    <li><i class="square setting" /> set: rules, DNS, host name</li>
    <li><i class="warning">▲</i> warning</li>
    <li><i class="failed">✕</i> failed</li>
  </ul>
); // prettier-ignore

/** All of the page. */
export const Page = ({ trace }: { readonly trace: Trace }) => {
  const { data } = trace;
  const [state, act] = useReducer(reduce(trace), location.hash, hash => begin(trace, hash));
  const [theme, setTheme] = useState<(typeof themes)[number]>('auto');
  const search = useRef<HTMLInputElement>(null);
  const { filter, cursor, window } = state;
  const marks = useMemo(() => chosen(trace, filter), [trace, filter]);
  const rows = useMemo(() => rowsOf(trace, marks), [trace, marks]);
  const incidents = useMemo(() => incidentsOf(trace), [trace]);
  const worlds = useMemo(() => createWorlds(data.changes), [data]);

  useEffect(() => {
    const timer = setTimeout(() => history.replaceState(null, '', hashOf(cursor)), 200); // browsers count them
    return () => clearTimeout(timer);
  }, [cursor]);
  useEffect(() => {
    const follow = (): void => {
      const at = momentIn(location.hash);
      if (at !== undefined) act({ do: 'go to', at });
    };
    const find = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('hashchange', follow);
    addEventListener('keydown', find);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('keydown', find);
    };
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    dispatchEvent(new Event('themechange'));
  }, [theme]);

  const common = { trace, state, act };
  const zoom = (factor: number) => () => act({ do: 'look at', window: zoomed(window, factor, cursor, data.length) });
  return (
    <>
      <header>
        <h1>{data.title}</h1>
        <p>
          {wallText(data.began)}, {spanText(data.length)}, {data.marks.at.length} marks
        </p>
        <form role="search" onSubmit={event => event.preventDefault()}>
          <label>
            Search{' '}
            <input
              type="search"
              ref={search}
              value={filter.search}
              placeholder="text, script, address, variable"
              onInput={event => act({ do: 'filter', filter: { search: event.currentTarget.value } })}
            />
          </label>{' '}
          <Choice
            label="Link"
            value={filter.link}
            all={trace.links}
            choose={link => act({ do: 'filter', filter: { link } })}
          />{' '}
          <Choice
            label="Kind"
            value={filter.kind}
            all={trace.kinds}
            choose={kind => act({ do: 'filter', filter: { kind } })}
          />{' '}
          <label>
            <input
              type="checkbox"
              checked={filter.onlyBad}
              onChange={event => act({ do: 'filter', filter: { onlyBad: event.currentTarget.checked } })}
            />{' '}
            only what went wrong
          </label>{' '}
          <button type="button" onClick={() => act({ do: 'filter', filter: everything })}>
            Show everything
          </button>
        </form>
        <div class="tools">
          <button type="button" aria-label="Zoom in" onClick={zoom(1 / 2)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={zoom(2)}>
            −
          </button>
          <button type="button" onClick={() => act({ do: 'look at', window: whole(data.length) })}>
            Whole trace
          </button>
          <label>
            Colours{' '}
            <select
              value={theme}
              onChange={event => setTheme(themes.find(one => one === event.currentTarget.value) ?? 'auto')}
            >
              {themes.map(one => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        </div>
      </header>
      <main>
        <aside>
          <Incidents {...common} incidents={incidents} />
        </aside>
        <section class="middle" aria-labelledby="timeline">
          <h2 id="timeline" class="unseen">
            Timeline
          </h2>
          <p role="status" class="status">
            {marks.length === data.marks.at.length ? '' : `${marks.length} of ${data.marks.at.length} marks are shown`}
          </p>
          <Timeline {...common} rows={rows} marks={marks} />
          <Legend />
        </section>
        <div class="below">
          <Selected {...common} worlds={worlds} />
          <Moment {...common} worlds={worlds} />
          <Events {...common} marks={marks} />
        </div>
      </main>
    </>
  );
};
