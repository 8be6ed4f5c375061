import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { LogFormat, LogLevel } from '../../model/config.js';
import { createLogWriter } from './log-writer.js';
import { oneLine } from '../../model/values/one-line.js';

/** Where the log goes: standard error, and what is at its other end. */
export interface Place {
  readonly fd: number;
  readonly kind: 'terminal' | 'journal' | 'plain';
  readonly colour: boolean;
}

interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Log {
  /** when the event loop has read what waits: a signal that has arrived must not wait for the log of the one before */
  readonly write: (record: LogRecord) => void;
  /** now, as far as it is read; the end of the process does it, too */
  readonly flush: () => void;
  /** the least severe level written from now on */
  readonly setLevel: (level: LogLevel) => void;
}

/** systemd passes device and inode of the journal's stream: the variable alone may come from a parent process (systemd.exec(5)). */
const isJournal = (fd: number, { JOURNAL_STREAM }: NodeJS.ProcessEnv): boolean => {
  if (JOURNAL_STREAM === undefined) return false;
  const { dev, ino } = fstatSync(fd);
  return JOURNAL_STREAM === `${dev}:${ino}`;
};

export const standardError = (env: NodeJS.ProcessEnv = process.env): Place => {
  const terminal = isatty(2); // process.stderr would make it non-blocking, for others too
  const kind = terminal ? 'terminal' : isJournal(2, env) ? 'journal' : 'plain';
  return { fd: 2, kind, colour: terminal && (env.NO_COLOR ?? '') === '' };
};

/** Severities of syslog (sd-daemon(3)). */
const priorities: Readonly<Record<LogLevel, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7 };

const line = ({ level, message }: LogRecord, { kind }: Place): string => {
  const head = kind === 'journal' ? `<${priorities[level]}>` : `${new Date().toISOString()} ${level} `;
  return `${head}${oneLine(message)}\n`;
};

type Format = (record: LogRecord) => string;

/** Pino writes a lone surrogate, which a name that is no UTF-8 has, as it is: on its way it would become U+FFFD. */
const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udfff]/gu, one => `\\u${one.charCodeAt(0).toString(16)}`);

const json = async (): Promise<Format> => {
  const { default: pino } = await import('pino');
  let text = '';
  const logger = pino(
    {
      base: null,
      level: 'trace',
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    { write: record => (text = wellFormed(record)) },
  );
  return ({ level, fields, message }) => {
    logger[level](fields, message);
    return text;
  };
};

const pretty = async ({ colour }: Place): Promise<Format> => {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({ colorize: colour, translateTime: 'SYS:HH:MM:ss.l', messageKey: 'message' });
  const asJson = await json();
  return ({ level, message }) => prettify(asJson({ level, message: oneLine(message), fields: {} }));
};

/** Each is loaded only where it is needed: a service need not wait for what a terminal wants. */
const formatFor = async (format: LogFormat, place: Place): Promise<Format> => {
  if (format === 'json') return json();
  return place.kind === 'terminal' ? pretty(place) : record => line(record, place);
};

/**
 * The log: json as docs/log.md describes; text in colours on a terminal, with syslog's priorities for the journal, plain
 * otherwise. Never throws and never waits: a reader that has gone or stands still is no reason to stop.
 */
export const openLog = async (format: LogFormat, level: LogLevel, place: Place = standardError()): Promise<Log> => {
  const text = await formatFor(format, place);
  const out = createLogWriter(place.fd, (messages, why) => {
    const message = `${messages} messages were not logged${why === '' ? ', as the log was not read' : `: ${why}`}`;
    return text({ level: 'warn', message, fields: { kind: 'lost', messages } });
  });
  const waiting: LogRecord[] = [];
  let least = priorities[level];
  const flush = (): void => {
    for (const record of waiting.splice(0)) out.write(text(record));
    out.drain();
  };
  process.once('exit', () => {
    flush();
    out.finish();
  });
  return {
    write: record => {
      if (priorities[record.level] > least) return;
      if (waiting.push(record) === 1) setImmediate(flush);
    },
    flush,
    setLevel: to => {
      flush();
      least = priorities[to];
    },
  };
};
