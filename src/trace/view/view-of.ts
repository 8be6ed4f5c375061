import { defaultIfEmpty, ignoreElements, map, type Observable, tap } from 'rxjs';
import { type Fault, toError } from '../../model/fault.js';
import { linkNameOf } from '../../model/event.js';
import type { Input } from '../../model/input.js';
import type { Applied, Outcome, PolicyState, ScriptRan, TargetState, UnitJobEnded } from '../../model/outcome.js';
import type { Step, World } from '../../model/world.js';
import type { System } from '../../sinks/standard.js';
import { eventDetails, eventWords, subjectOf } from '../../text/event-words.js';
import { eventJson } from '../../text/event-json.js';
import { inputWords } from '../../text/input-words.js';
import { rowsOf, scriptName } from '../../text/outcome-words.js';
import { ifindexOf } from '../../world/policy-tables.js';
import { encode } from '../json.js';
import type { Header } from '../format.js';
import { replay, type Replayed, type Witness } from '../replay-trace.js';
import { createColumns } from './columns.js';
import { createWorldWatch } from './facts.js';
import { inputLevel, inputRows, outcomeFacts, outcomeLevel, remedyOf, ruleFact, runWords } from './shown-as.js';
import { type ViewData, WARNING } from './view-data.js';

/** The shortest time that is drawn as one, milliseconds: a script that runs is never a moment. */
const SHORTEST_MS = 0.001;

/** Sees a replay, and keeps what the page shows. */
interface Viewer extends Required<Witness> {
  readonly hear: (told: Replayed) => void;
  readonly data: (title: string) => ViewData;
}

const createViewer = (): Viewer => {
  const columns = createColumns();
  const worldChanges = createWorldWatch();
  /** the mark of the Input that an event comes from, and that of the event, by its id */
  const sources = new Map<number, number>();
  const events = new Map<number, number>();
  /** whom events are about, by their ids */
  const subjects = new Map<number, { readonly subject: string; readonly link: string }>();
  /** marks of runs that go on, by event and script: with other arguments it may run several times */
  const runs = new Map<string, readonly number[]>();
  /** the last mark of each link: what is set for it then is its consequence, most likely */
  const lastOf = new Map<number, number>();
  let policyNames: readonly string[] = [];
  let world: World | undefined;
  let lastInput = -1;
  let began: number | undefined;
  let length = 0;

  /** Where the clock was set back between two runs of the daemon, time stands still. */
  const moment = (at: number): number => (length = Math.max(length, at));
  const linkName = (ifindex: number): string => world?.kernel.links?.get(ifindex)?.name ?? '';
  const nameOf = (ifindex: number): string => linkName(ifindex) || `link ${ifindex}`;

  /** A run of the daemon begins, or we come into it. */
  const begin = (at: number, header: Header): void => {
    began ??= header.began + header.at;
    const text = header.at === 0 ? 'the daemon starts' : 'the trace begins, while the daemon runs';
    lastInput = columns.mark({ at, row: 'daemon', link: '', kind: 'other-input', text });
    if (header.missing === undefined) return;
    const seconds = (header.missing / 1000).toFixed(3);
    missing(at, 'not in the trace', `${seconds} s before this: the trace could not be written`);
  };

  const hearInput = (at: number, input: Input): void => {
    const [row, kind] = inputRows[input.kind];
    lastInput = columns.mark({ at, row, link: '', kind, text: inputWords(input, nameOf), level: inputLevel(input) });
    columns.detail(lastInput, { json: encode(input) });
    if ('ifindex' in input) lastOf.set(input.ifindex, lastInput);
  };

  const seeEvent = (at: number, step: Step): void => {
    const { id, event } = step;
    const link = linkNameOf(event);
    const text = eventWords(event);
    const cause = sources.get(id);
    const nth = columns.mark({ at, row: subjectOf(event), link, kind: event.kind, text, cause, event: id });
    const json = { ...eventJson(step), time: undefined, id: undefined }; // the page has them: the rest is often the same
    columns.detail(nth, { json: encode(json), lines: eventDetails(event) });
    events.set(id, nth);
    if ('ifindex' in event) lastOf.set(event.ifindex, nth);
  };

  const hearFault = (at: number, fault: Fault): void => {
    const { code, message, cause } = fault;
    const level = outcomeLevel(fault);
    const nth = columns.mark({ at, row: 'faults', link: '', kind: 'fault', text: message, level, cause: lastInput });
    const remedy = remedyOf(code);
    const why = cause === undefined ? {} : { cause: toError(cause).message };
    columns.detail(nth, { json: encode({ code, message, ...why }), ...(remedy !== undefined && { remedy }) });
  };

  const endRun = (run: ScriptRan): void => {
    const key = `${run.step.id} ${run.script}`;
    const [nth, ...rest] = runs.get(key) ?? [];
    if (rest.length === 0) runs.delete(key);
    else runs.set(key, rest);
    if (nth !== undefined) columns.amend(nth, { level: outcomeLevel(run), text: runWords(run) });
  };

  const seeJob = (at: number, job: UnitJobEnded): void => {
    const { step } = job;
    const level = outcomeLevel(job);
    const link = linkNameOf(step.event);
    for (const { row, text } of rowsOf(job))
      columns.mark({ at, row, link, kind: 'unit', text, level, cause: events.get(step.id), event: step.id });
  };

  const seeSetting = (at: number, outcome: Applied | TargetState | PolicyState): void => {
    const ifindex = outcome.kind === 'applied' ? outcome.ifindex : 0;
    const cause = lastOf.get(ifindex) ?? lastInput;
    let mark = lastInput;
    for (const { row, text } of rowsOf(outcome))
      mark = columns.mark({ at, row, link: linkName(ifindex), kind: 'setting', text, cause });
    const changes = outcomeFacts(outcome, linkName(ifindex) || 'this computer', policyNames);
    if (outcome.kind === 'policy') policyNames = changes.filter(({ value }) => value !== '').map(({ name }) => name);
    columns.changed(at, mark, changes);
  };

  const hearOutcome = (at: number, outcome: Outcome): void => {
    switch (outcome.kind) {
      case 'seen':
        seeEvent(at, outcome.step);
        return;
      case 'fault':
        hearFault(at, outcome);
        return;
      case 'script-ran':
        endRun(outcome);
        return;
      case 'unit-job':
        seeJob(at, outcome);
        return;
      case 'applied':
      case 'target':
      case 'policy':
        seeSetting(at, outcome);
        return;
      case 'began':
      case 'script-started':
      case 'done':
      case 'script-output':
        return;
    }
  };

  const missing = (at: number, row: string, text: string): void => {
    columns.mark({ at, row, link: '', kind: 'not-recorded', text, level: WARNING });
  };

  /** Each run of a script from its beginning, with its environment and what it writes. */
  const watchRuns = ({ processes }: System, at: () => number): System['processes'] => ({
    ...processes,
    run: spec => {
      const { event = 0, path, args = [], env } = spec;
      const { subject, link } = subjects.get(event) ?? { subject: 'unknown', link: '' };
      const text = `${[scriptName(path), ...args].join(' ')} runs, and the trace has no end of it`;
      const started = moment(at());
      const mark = { at: started, row: `${subject} scripts`, link, kind: 'script', text } as const;
      const nth = columns.mark({ ...mark, level: WARNING, event });
      const lines: string[] = [];
      columns.detail(nth, { environment: env });
      const key = `${event} ${path}`;
      runs.set(key, [...(runs.get(key) ?? []), nth]);
      return processes.run(spec).pipe(
        tap(told => {
          columns.amend(nth, { took: Math.max(SHORTEST_MS, moment(at()) - started) });
          if (told.kind !== 'output') return;
          lines.push(told.stream === 'stderr' ? `stderr: ${told.line}` : told.line);
          columns.detail(nth, { lines });
        }),
      );
    },
  });

  /** The rules and routes that the kernel took. */
  const watchRules = ({ rtnetlink }: System, at: () => number): System['rtnetlink'] => ({
    ...rtnetlink,
    apply: changes =>
      rtnetlink.apply(changes).pipe(
        tap(refusals => {
          const taken = changes.filter((_, nth) => refusals[nth] === undefined);
          for (const change of taken) {
            const { object } = change;
            const table = object.kind === 'address' ? 0 : (object.table ?? 0);
            const ifindex = world === undefined ? 0 : ifindexOf(world, table);
            const mark = lastOf.get(ifindex) ?? lastInput;
            columns.changed(moment(at()), mark, ruleFact(change, linkName(ifindex) || 'this computer'));
          }
        }),
      ),
  });

  return {
    around: (system, at) => ({
      ...system,
      processes: watchRuns(system, at),
      rtnetlink: watchRules(system, at),
    }),
    onTurn: ({ world: now, events: told }, at) => {
      world = now;
      for (const { id, event } of told) {
        sources.set(id, lastInput);
        subjects.set(id, { subject: subjectOf(event), link: linkNameOf(event) });
      }
      columns.changed(moment(at), lastInput, worldChanges(now));
    },
    hear: told => {
      const at = moment(told.at);
      if ('header' in told) begin(at, told.header);
      else if ('input' in told) hearInput(at, told.input);
      else if ('outcome' in told) hearOutcome(at, told.outcome);
      else if ('unanswered' in told) missing(at, 'not in the trace', told.unanswered);
      else missing(at, 'not in the replay', told.unasked);
    },
    data: title => columns.data({ title, began: began ?? 0, length }, events),
  };
};

/** What the page shows of a trace, as one value at its end. Errors: those of `replay`. */
export const viewOf = (lines: Iterable<string>, title: string): Observable<ViewData> => {
  const viewer = createViewer();
  return replay(lines, undefined, viewer).pipe(
    tap(viewer.hear),
    ignoreElements(),
    defaultIfEmpty(undefined),
    map(() => viewer.data(title)),
  );
};
