import type { LogRecord } from '../test/live/lab/daemons/broker.js';

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(3)} s`.padStart(9);

/** A field of a record, as text; empty if it has none. */
const text = (record: LogRecord, field: string): string => {
  const value = record[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** The properties that choose directories, and the words that networkctl has for them. */
const shown: Readonly<Record<string, string>> = {
  CarrierState: 'carrier',
  OperationalState: 'operational',
  OnlineState: 'online',
  AdministrativeState: 'setup',
};

export interface Reporter {
  /** A line of what was done to the network. */
  readonly step: (what: string) => void;
  /** What the daemon logged: a script that ran becomes a line. */
  readonly take: (record: LogRecord) => void;
  /** How many scripts of this directory ran, or how many in all. */
  readonly ran: (directory?: string) => number;
}

/** What a record says of its event in few words; undefined if it is not about one. */
const news = (record: LogRecord): string | undefined => {
  if (record.kind === 'state') {
    const word = shown[text(record, 'property')];
    return word === undefined ? undefined : `${word}=${text(record, 'value')}`;
  }
  if (!['address', 'lease', 'link', 'route'].includes(record.kind)) return undefined;
  return record.message.replace(/^Link='.*?' ifindex='\d+' /, '');
};

/** Prints in columns: when, which link, what was said of it, which script ran, and how it ended. */
export const reporter = (print: (line: string) => void): Reporter => {
  const begin = Date.now();
  const said = new Map<string, string[]>();
  const runs: string[] = [];
  const now = (): string => seconds(Date.now() - begin);
  const ran = (record: LogRecord): void => {
    const link = text(record, 'link') || 'networkd';
    const why = (said.get(text(record, 'eventId')) ?? []).join(' ');
    const script = text(record, 'script').split('/').slice(-2).join('/');
    const end = text(record, 'status') === '0' ? 'ok' : `failed: ${record.message}`;
    const took = `${text(record, 'durationMs')} ms`;
    print(`${now()}  ${link.padEnd(8)}  ${why.padEnd(74)}  ${script.padEnd(20)}  ${took.padStart(6)}  ${end}`);
    said.delete(text(record, 'eventId'));
    runs.push(script);
  };
  return {
    step: what => print(`\n${now()}  ${what}`),
    take: record => {
      const word = news(record);
      const event = text(record, 'eventId');
      if (word !== undefined) said.set(event, [...(said.get(event) ?? []), word]);
      else if (record.kind === 'script') ran(record);
      else if (record.level === 'error' || record.level === 'fatal') print(record.message);
    },
    ran: (directory = '') => runs.filter(run => run.startsWith(directory)).length,
  };
};
