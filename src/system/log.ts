import { fstatSync } from 'node:fs';
import type { DestinationStream, Logger } from 'pino';
import pino from 'pino';
import type { LogFormat, LogLevel } from '../model/config.js';
import { oneLine } from './one-line.js';

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
  /** now; the end of the process does it, too */
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
  const terminal = process.stderr.isTTY;
  const kind = terminal ? 'terminal' : isJournal(2, env) ? 'journal' : 'plain';
  return { fd: 2, kind, colour: terminal && (env.NO_COLOR ?? '') === '' };
};

/** Severities of syslog (sd-daemon(3)). */
const priorities: Readonly<Record<LogLevel, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7 };

const line = ({ level, message }: LogRecord, { kind }: Place): string => {
  const head = kind === 'journal' ? `<${priorities[level]}>` : `${new Date().toISOString()} ${level} `;
  return `${head}${oneLine(message)}\n`;
};

/** For a terminal. Loaded only there: a service need not wait for it. */
const pretty = async (out: DestinationStream, { colour }: Place): Promise<DestinationStream> => {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({ colorize: colour, translateTime: 'SYS:HH:MM:ss.l' });
  return { write: record => out.write(prettify(record)) };
};

const json = (out: DestinationStream): Logger =>
  pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    out,
  );

/**
 * The log: json as docs/log.md describes; text in colours on a terminal, with syslog's priorities for the journal, plain
 * otherwise. Never throws: a reader that has gone is no reason to stop.
 */
export const openLog = async (format: LogFormat, level: LogLevel, place: Place = standardError()): Promise<Log> => {
  const out = pino.destination({ dest: place.fd, sync: true });
  out.on('error', () => undefined);
  const logger =
    format === 'json' ? json(out) : pino({ base: null }, place.kind === 'terminal' ? await pretty(out, place) : out);
  logger.level = level;
  const waiting: LogRecord[] = [];
  const writeAll = (records: readonly LogRecord[]): void => {
    if (format === 'json')
      for (const { level: severity, fields, message } of records) logger[severity](fields, message);
    else if (place.kind === 'terminal')
      for (const { level: severity, message } of records) logger[severity](oneLine(message));
    // Not by pino, which would make JSON of each first.
    else if (records.length > 0) out.write(records.map(record => line(record, place)).join(''));
  };
  const flush = (): void => writeAll(waiting.splice(0));
  process.once('exit', flush);
  return {
    write: record => {
      if (!logger.isLevelEnabled(record.level)) return;
      if (waiting.push(record) === 1) setImmediate(flush);
    },
    flush,
    setLevel: to => {
      flush();
      logger.level = to;
    },
  };
};
