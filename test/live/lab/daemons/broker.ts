import { join } from 'node:path';
import { checkout } from '../checkout.js';
import type { Lab, Starts } from '../lab.js';
import type { Process } from '../process.js';

/** A record of the daemon's log in JSON. */
export interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface Broker extends Process {
  /** Its log so far; lines that are no records (of its launcher, say) are left out. */
  readonly log: () => readonly LogRecord[];
}

export const scriptDirectory = '/etc/network-broker';
const configuration = join(scriptDirectory, 'network-broker.toml');

/** The record in a line; none if it is no record. */
export const recordOf = (line: string): readonly LogRecord[] => {
  try {
    return [JSON.parse(line) as LogRecord];
  } catch {
    return [];
  }
};

/** Writes the daemon's configuration. */
export const configureBroker = (lab: Lab, toml: string): Promise<void> => lab.write(configuration, toml);

const debugging = ['--log-format', 'json', '--log-level', 'debug'];

/** Starts the daemon as its users do, by its launcher. Does not wait until it serves. */
export const launchBroker = async (lab: Lab, starts: Starts = {}, logging = debugging): Promise<Broker> => {
  const options = ['--config', configuration, ...logging];
  const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const process_ = await lab.start('network-broker', [join(checkout, 'bin', 'network-broker'), 'run', ...options], {
    ...starts,
    env: { PATH: path, ...starts.env },
  });
  return { ...process_, log: () => process_.lines.flatMap(({ text }) => recordOf(text)) };
};

/** Waits for a record that this is true of. */
export const untilLogged = (
  lab: Lab,
  broker: Broker,
  what: string,
  is: (record: LogRecord) => boolean,
): Promise<LogRecord> =>
  lab.until(`the daemon to log ${what}`, async () => {
    if (!broker.running()) {
      const { code, signal } = await broker.ended; // only now all that it said is here
      const said = broker.lines.map(({ text }) => text).join('\n');
      throw new Error(`the daemon ended (${code ?? signal}) before it logged ${what}:\n${said}`);
    }
    return broker.log().find(is);
  });

/** Starts the daemon and waits until its sources serve or wait. */
export const startBroker = async (lab: Lab, starts: Starts = {}): Promise<Broker> => {
  const broker = await launchBroker(lab, starts);
  await untilLogged(lab, broker, 'that it is ready', ({ message }) => message.startsWith('ready'));
  return broker;
};
