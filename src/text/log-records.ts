import type { LogLevel } from '../model/config.js';
import { addressKey } from '../model/address.js';
import type { NetworkEvent } from '../model/event.js';
import { type Fault, toError } from '../model/fault.js';
import type { States } from '../model/states.js';
import type { Exit, Outcome, ScriptRan, UnitJobEnded } from '../model/outcome.js';
import type { Step } from '../model/world.js';
import { costText } from './cost-text.js';
import { eventWords } from './event-words.js';

/** One record of the log: `message` says all to people, `fields` say the same to programs (docs/log.md). */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A record whose fields are made when a log wants them: one of text does not, nor does a replay. */
class Told implements LogRecord {
  constructor(
    readonly level: LogLevel,
    readonly message: string,
    private readonly tell: () => LogRecord['fields'],
  ) {}

  get fields(): LogRecord['fields'] {
    return this.tell();
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What an event says besides its link, in fields. */
const detail = (event: NetworkEvent): Fields => {
  switch (event.kind) {
    case 'link':
    case 'sleep':
      return { action: event.action };
    case 'address':
      return event.earlier === undefined
        ? { action: event.action, address: addressKey(event.address) }
        : { action: 'several', changes: event.earlier.length + 1 };
    case 'lease':
      return { action: event.action, origin: event.origin, family: event.lease.family };
    case 'extension':
      return { extension: event.extension };
    case 'link-state':
    case 'manager-state':
    case 'route':
    case 'rule':
      return {};
  }
};

const about = ({ id, event, cause }: Step): Fields => ({
  event: event.kind,
  eventId: id,
  ...(cause && { cause: cause.kind }),
  ...('name' in event && { link: event.name }),
  ...('ifindex' in event && { ifindex: event.ifindex }),
  ...detail(event),
});

const subject = (event: NetworkEvent): string => {
  if (event.kind === 'sleep' || event.kind === 'rule') return 'This computer';
  if (event.kind === 'manager-state') return 'Manager';
  const who = event.kind === 'extension' ? `Extension='${event.extension}'` : `Link='${event.name}'`;
  return `${who} ifindex='${event.ifindex}'`;
};

/** systemd-networkd says of a link that went that it lingers: no news to whoever was told that it went. */
const isAfterwards = ({ event, world }: Step, value: string): boolean =>
  event.kind === 'link-state' && value === 'linger' && world.kernel.links?.has(event.ifindex) === false;

/** One record for each changed property, as it was always written. */
const changes = (step: Step, changed: States, previous: States): readonly LogRecord[] =>
  Object.entries(changed).map(
    ([property, value]) =>
      new Told(
        isAfterwards(step, value) ? 'debug' : 'info',
        `${subject(step.event)} changed state '${property}'="${value}"`,
        () => ({
          kind: 'state',
          ...about(step),
          property,
          value,
          ...(property in previous && { previous: previous[property] }),
        }),
      ),
  );

const seen = (step: Step): readonly LogRecord[] => {
  const { event } = step;
  return event.kind === 'link-state' || event.kind === 'manager-state'
    ? changes(step, event.changed, event.previous)
    : [new Told('info', `${subject(event)} ${eventWords(event)}`, () => ({ kind: event.kind, ...about(step) }))];
};

const costOf = ({ cost }: Exit): string => (cost === undefined ? '' : ` (${costText(cost)})`);

const cutOf = ({ cut }: Exit): string =>
  cut === undefined ? '' : `; ${Math.ceil(cut / 1024)} KiB of output not logged (OutputLimit=)`;

const ending = ({ error, timedOut, exit, behind }: ScriptRan): string => {
  if (error !== undefined) return `could not be started: ${error}`;
  const how = exit.signal === null ? `exited with status ${exit.code ?? 'unknown'}` : `was killed by ${exit.signal}`;
  return `${how}${timedOut ? ' (timed out)' : ''} after ${Math.round(exit.duration)} ms${costOf(exit)}${cutOf(exit)}${behind === undefined ? '' : behindText(behind)}`;
};

/** Most likely it waited for what it had caused: an event of its own link, whose turn comes when it has ended. */
const behindText = (behind: number): string =>
  `; ${behind} ${behind === 1 ? 'event' : 'events'} of its link waited for its end: a script must not wait for what its link's scripts do next`;

const well = ({ code }: Exit): boolean => code === 0;

const ran = (run: ScriptRan): LogRecord => {
  const { script, step, exit, timedOut, behind, error } = run;
  const good = well(exit) && !timedOut && error === undefined;
  const message = `${subject(step.event)} event ${step.id}: script '${script}' ${ending(run)}`;
  return new Told(good ? 'info' : 'warn', message, () => ({
    kind: 'script',
    ...about(step),
    script,
    status: exit.code,
    signal: exit.signal,
    durationMs: Math.round(exit.duration),
    timedOut,
    ...(behind !== undefined && { behind }),
    ...(exit.cost && { cpuMs: Math.round(exit.cost.cpu) }),
    ...(exit.cost?.memory !== undefined && { memoryPeak: exit.cost.memory }),
    ...(exit.cut !== undefined && { outputCut: exit.cut }),
    ...(error !== undefined && { error }),
  }));
};

const unitJob = ({ step, unit, job, result, duration, error }: UnitJobEnded): LogRecord => {
  const how = error === undefined ? `${result} after ${Math.round(duration)} ms` : `${result}: ${error}`;
  const good = result === 'done' || result === 'skipped';
  return new Told(good ? 'info' : 'warn', `${subject(step.event)} event ${step.id}: ${job} of ${unit}: ${how}`, () => ({
    kind: 'unit',
    ...about(step),
    unit,
    job,
    result,
    durationMs: Math.round(duration),
    ...(error !== undefined && { error }),
  }));
};

const text = (cause: unknown): string => {
  const error = toError(cause);
  return error === cause ? (error.stack ?? error.message) : error.message;
};

const fault = ({ severity, code, message, cause }: Fault): readonly LogRecord[] => {
  if (cause === undefined) return [{ level: severity, message, fields: { kind: 'fault', code } }];
  const fields = { kind: 'fault', code, cause: text(cause) };
  return [
    { level: severity, message, fields },
    { level: 'debug', message: `${code}: ${fields.cause}`, fields },
  ];
};

const progress = (step: Step, word: string): LogRecord =>
  new Told('debug', `${subject(step.event)} event ${step.id}: ${word}`, () => ({
    kind: 'progress',
    ...about(step),
    progress: word,
  }));

/** What the log says about an outcome. Lines of scripts come with control characters and what is no UTF-8 already shown as escapes. */
export const describe = (outcome: Outcome): readonly LogRecord[] => {
  switch (outcome.kind) {
    case 'fault':
      return fault(outcome);
    case 'seen':
      return seen(outcome.step);
    case 'began':
      return [progress(outcome.step, 'scripts begin')];
    case 'script-started':
      return []; // its end is told
    case 'script-output': {
      const { script, step, stream, line } = outcome;
      const level = stream === 'stdout' ? 'info' : 'warn';
      const fields = (): Fields => ({ kind: 'output', ...about(step), script, stream, line });
      return [new Told(level, `${script}: ${line}`, fields)];
    }
    case 'script-ran':
      return [ran(outcome)];
    case 'unit-job':
      return [unitJob(outcome)];
    case 'applied': {
      const { message, ifindex } = outcome;
      return [{ level: 'info', message, fields: { kind: 'applied', ...(ifindex > 0 && { ifindex }) } }];
    }
    case 'target':
    case 'policy':
      return []; // each change of it is a record of its own
    case 'done':
      return [progress(outcome.step, 'scripts have ended')];
  }
};
