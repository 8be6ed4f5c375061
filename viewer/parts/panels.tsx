import { useState } from 'preact/hooks';
import { momentText, spanText, wallText } from '../pure/time.js';
import type { Trace } from '../pure/trace.js';
import type { Difference, Worlds } from '../pure/world-at.js';
import { upTo } from '../pure/search-sorted.js';
import { FAILED } from '../../src/trace/view/view-data.js';
import type { Action, State } from './state.js';

interface Properties {
  readonly trace: Trace;
  readonly state: State;
  readonly act: (action: Action) => void;
}

const levelWords = ['', 'warning', 'failed'];

/** A mark that can be gone to. */
const MarkButton = ({ trace, mark, act, state }: Properties & { readonly mark: number }) => {
  const { at, text, level } = trace.data.marks;
  const bad = level[mark] ?? 0;
  return (
    <button
      type="button"
      class={`mark level${bad}`}
      aria-current={state.selected === mark ? 'true' : undefined}
      onClick={() => act({ do: 'select', mark })}
    >
      <time>{momentText(at[mark] ?? 0)}</time> <b>{trace.rowOf(mark).name}</b>{' '}
      {bad > 0 ? <em>{bad === FAILED ? '✕ failed' : '▲ warning'}</em> : null} <span>{trace.text(text[mark])}</span>
    </button>
  );
};

/** So many are listed: nobody reads more, and a page of them is slow. */
const MAX_LISTED = 100;

const MarkList = ({
  marks,
  total,
  ...rest
}: Properties & { readonly marks: readonly number[]; readonly total?: number }) => (
  <>
    <ul class="marks">
      {marks.slice(0, MAX_LISTED).map(mark => (
        <li key={mark}>
          <MarkButton {...rest} mark={mark} />
        </li>
      ))}
    </ul>
    {(total ?? marks.length) > MAX_LISTED ? <p class="more">and {(total ?? marks.length) - MAX_LISTED} more</p> : null}
  </>
);

/** What went wrong. */
export const Incidents = ({ incidents, ...rest }: Properties & { readonly incidents: readonly number[] }) => (
  <section aria-labelledby="incidents">
    <h2 id="incidents">
      Incidents <small>{incidents.length}</small>
    </h2>
    {incidents.length === 0 ? (
      <p>Nothing failed, and there were no warnings.</p>
    ) : (
      <MarkList {...rest} marks={incidents} />
    )}
  </section>
);

/** What is shown in the timeline, as a list around the cursor. */
export const Events = ({ marks, ...rest }: Properties & { readonly marks: readonly number[] }) => {
  const { at } = rest.trace.data.marks;
  const times = marks.map(mark => at[mark] ?? 0);
  const place = Math.max(0, upTo(times, rest.state.cursor) - 20);
  return (
    <section aria-labelledby="events" class="events">
      <h2 id="events">
        Events <small>{marks.length}, from just before the cursor</small>
      </h2>
      <MarkList {...rest} marks={marks.slice(place, place + 60)} />
    </section>
  );
};

const shownValue = (text: string): string => (text === '' ? '–' : text);

const Differences = ({ trace, all }: { readonly trace: Trace; readonly all: readonly Difference[] }) => (
  <table class="differences">
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">Before</th>
        <th scope="col">Now</th>
      </tr>
    </thead>
    <tbody>
      {all.slice(0, MAX_LISTED).map(({ subject, name, before, now }) => (
        <tr key={`${subject} ${name}`} class={before === 0 ? 'came' : now === 0 ? 'went' : 'changed'}>
          <th scope="row">
            <b>{trace.text(subject)}</b> {trace.text(name)}
          </th>
          <td class="before">{shownValue(trace.text(before))}</td>
          <td class="now">{now === 0 ? 'gone' : trace.text(now)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** Names and values, of which some have changed. */
const Pairs = ({
  trace,
  all,
  hasChanged = () => false,
}: {
  readonly trace: Trace;
  readonly all: Iterable<readonly [name: number, value: number]>;
  readonly hasChanged?: (name: number) => boolean;
}) => (
  <table>
    <tbody>
      {[...all].map(([name, value]) => (
        <tr key={name} class={hasChanged(name) ? 'changed' : ''}>
          <th scope="row">{trace.text(name)}</th>
          <td>{trace.text(value)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** The World at the cursor. */
export const Moment = ({ trace, state, worlds }: Properties & { readonly worlds: Worlds }) => {
  const changes = worlds.changedAt(state.cursor);
  const subjects = [...worlds.at(state.cursor)];
  const changed = new Set(changes.map(({ subject, name }) => `${subject} ${name}`));
  const { link } = state.filter;
  const isShown = (subject: string): boolean => link === '' || subject === link;
  const ofSelected = state.selected < 0 ? '' : trace.rowOf(state.selected).link;
  const isOpen = (subject: number): boolean =>
    trace.text(subject) === ofSelected || (link !== '' && trace.text(subject) === link);
  const last = subjects.filter(([subject]) => ['configuration', 'sources'].includes(trace.text(subject)));
  const first = subjects.filter(one => !last.includes(one)).filter(([subject]) => isShown(trace.text(subject)));
  return (
    <section aria-labelledby="moment" class="moment">
      <h2 id="moment">
        What was so at {momentText(state.cursor)} <small>{wallText(trace.data.began + state.cursor)}</small>
      </h2>
      <h3>What changed last</h3>
      {changes.length === 0 ? <p>Nothing yet.</p> : <Differences trace={trace} all={changes} />}
      <div class="subjects">
        {[...first, ...last].map(([subject, facts]) => (
          <details key={subject} open={isOpen(subject)}>
            <summary>{trace.text(subject)}</summary>
            <Pairs trace={trace} all={facts} hasChanged={name => changed.has(`${subject} ${name}`)} />
          </details>
        ))}
      </div>
    </section>
  );
};

const readable = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json; // it was too long and was cut
  }
};

const pairs = (all: readonly number[]): readonly (readonly [number, number])[] =>
  all.flatMap((name, nth) => (nth % 2 === 0 ? [[name, all[nth + 1] ?? 0] as const] : []));

/** One mark: why, what came of it, and all that is known of it. */
export const Selected = (properties: Properties & { readonly worlds: Worlds }) => {
  const { trace, state, worlds, act } = properties;
  const [hasCopied, setCopied] = useState(-1);
  const mark = state.selected;
  if (mark < 0)
    return (
      <section aria-labelledby="selected">
        <h2 id="selected">Nothing is selected</h2>
        <p>Choose something in the timeline or in a list: it says here why it came, and what came of it.</p>
      </section>
    );
  const { marks, details, began } = trace.data;
  const { json, lines = [], environment, remedy } = details[mark] ?? {};
  const causes = trace.causesOf(mark);
  const effects = trace.effectsOf(mark);
  const changes = worlds.changedBy(mark);
  const kind = trace.kindOf(mark);
  const [at = 0, took = 0, level = 0, event = 0] = [
    marks.at[mark],
    marks.took[mark],
    marks.level[mark],
    marks.event[mark],
  ];
  const jsonText = trace.text(json);
  return (
    <section aria-labelledby="selected" class="selected">
      <h2 id="selected" class={`level${level}`}>
        {trace.rowOf(mark).name}: {trace.text(marks.text[mark])}
      </h2>
      <dl>
        <dt>When</dt>
        <dd>
          {momentText(at)}, {wallText(began + at)}
          {took === 0 ? null : `, for ${spanText(took)}`}
        </dd>
        <dt>Kind</dt>
        <dd>
          {kind}
          {event === 0 ? null : `, event ${event}`}
          {level === 0 ? null : `, ${levelWords[level]}`}
        </dd>
      </dl>
      {remedy === undefined ? null : (
        <>
          <h3>What to do</h3>
          <p>{trace.text(remedy)}</p>
        </>
      )}
      <h3>
        {kind === 'setting' || kind === 'fault' ? 'What came before it, and most likely caused it' : 'What caused it'}
      </h3>
      {causes.length === 0 ? (
        <p>{event > 0 ? 'It is not in the trace.' : 'It came from outside.'}</p>
      ) : (
        <MarkList {...properties} marks={causes} />
      )}
      {effects.length === 0 ? null : (
        <>
          <h3>What it caused</h3>
          <MarkList {...properties} marks={effects} />
        </>
      )}
      {changes.length === 0 ? null : (
        <>
          <h3>What it changed</h3>
          <Differences trace={trace} all={changes} />
        </>
      )}
      {lines.length === 0 ? null : (
        <>
          <h3>{kind === 'script' ? 'What it wrote' : 'In full'}</h3>
          <pre tabIndex={0}>{lines.map(nth => trace.text(nth)).join('\n')}</pre>
        </>
      )}
      {environment === undefined ? null : (
        <details>
          <summary>Environment</summary>
          <Pairs trace={trace} all={pairs(environment)} />
        </details>
      )}
      {jsonText === '' ? null : (
        <details>
          <summary>JSON</summary>
          <pre tabIndex={0}>{readable(jsonText)}</pre>
        </details>
      )}
      <p class="actions">
        <button type="button" onClick={() => act({ do: 'go to', at })}>
          Show in the timeline
        </button>{' '}
        <button
          type="button"
          onClick={() => {
            void navigator.clipboard.writeText(location.href).then(
              () => setCopied(mark),
              () => setCopied(-1),
            );
          }}
        >
          {hasCopied === mark ? 'Copied' : 'Copy a link to this moment'}
        </button>
      </p>
    </section>
  );
};
