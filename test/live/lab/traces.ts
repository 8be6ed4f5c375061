import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { describe } from '../../../src/text/log-records.js';
import { replay, type Replayed } from '../../../src/trace/replay-trace.js';
import { type LogRecord, scriptDirectory } from './daemons/broker.js';
import { plug, unplug, untilOperational } from './cables.js';
import { checkout } from './checkout.js';
import type { Lab } from './lab.js';
import type { Process } from './process.js';
import type { User } from './namespace/users.js';

const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
const recordCommand = [
  join(checkout, 'bin', 'network-broker'),
  'record',
  '--config',
  `${scriptDirectory}/network-broker.toml`,
];

/** The lines of the daemon's trace, as this user gets them. */
export const takeTraceAs = async (lab: Lab, as: User, ...options: readonly string[]): Promise<readonly string[]> =>
  (await lab.sh([...recordCommand, ...options].join(' '), { as, env: { PATH: path } }))
    .split('\n')
    .filter(line => line !== '');

export const takeTrace = (lab: Lab, ...options: readonly string[]): Promise<readonly string[]> =>
  takeTraceAs(lab, 'root', ...options);

/** `record` that has begun and goes on; its lines are the trace. */
export const startRecording = async (lab: Lab): Promise<Process> => {
  const recording = await lab.start('record', recordCommand, { env: { PATH: path } });
  await lab.until('the header', () => recording.lines.some(({ text }) => text.startsWith('{"format"')));
  return recording;
};

export const replayed = (lines: readonly string[]): Promise<readonly Replayed[]> =>
  lastValueFrom(replay(lines).pipe(toArray()), { defaultValue: [] });

/** Where an error was made is another place in a replay; what it says is the same. */
const withoutStack = (message: string): string => message.replace(/^([\w-]+): \w*Error: ([^\n]*)\n[^]*$/, '$1: $2');

/** The log of a replay. */
export const replayedLog = async (lines: readonly string[]): Promise<readonly string[]> =>
  (await replayed(lines)).flatMap(told =>
    'outcome' in told
      ? describe(told.outcome).map(({ message }) => withoutStack(message))
      : 'unanswered' in told
        ? [`? ${told.unanswered}`]
        : 'unasked' in told
          ? [`! ${told.unasked}`]
          : [],
  );

/** What the daemon's log tells of outcomes; the rest is about the process. */
export const outcomesIn = (log: readonly LogRecord[]): readonly string[] =>
  log.filter(({ kind }) => kind !== 'daemon' && kind !== 'source').map(({ message }) => withoutStack(message));

/** Keeps a trace of so many MiB, of events that settle and policy rules of all links. */
export const settings = (trace: number, debounceSec = 0.02): string => `[System]
Trace = ${trace}
[Network]
RoutingPolicyRules = "eth*"
[Events]
DebounceSec = ${debounceSec}
`;

/** A cable is pulled and put in again, an address comes and goes, somebody deletes a rule of ours. */
export const commotion = async (lab: Lab): Promise<void> => {
  await lab.until('the policy rules of eth1', async () => (await lab.sh('ip rule')).includes('from 10.0.1.50 lookup'));
  await unplug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'no-carrier');
  await plug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'routable');
  await lab.sh('ip address add 198.51.100.7/24 dev eth1');
  await lab.until('the policy rules of the address', async () =>
    (await lab.sh('ip rule')).includes('from 198.51.100.7'),
  );
  await lab.sh('ip rule delete from 10.0.1.50 lookup $((9999 + $(cat /sys/class/net/eth1/ifindex)))');
  await lab.until('the rule to be put back', async () => (await lab.sh('ip rule')).includes('from 10.0.1.50 lookup'));
  await lab.sh('ip address delete 198.51.100.7/24 dev eth1');
  await lab.until('the rules to go', async () => !(await lab.sh('ip rule')).includes('198.51.100.7'));
};
