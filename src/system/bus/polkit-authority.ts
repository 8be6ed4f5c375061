import { getuid, pid } from 'node:process';
import { readFileSync } from 'node:fs';
import { defer, map, type Observable } from 'rxjs';
import type { BusConnection } from './bus.js';
import { Variant } from './dbus-writer.js';
import { textOf } from '../files/regular-file.js';

export const POLKIT = 'org.freedesktop.PolicyKit1';

/**
 * What polkit would say of each job of `network-broker polkit --jobs`, which it tells only root: the launcher has asked it, and writes
 * a line for each to standard input, job, unit, and what busctl(1) printed. Undefined: nobody has asked.
 */
export const answersToRoot = (): string | undefined =>
  process.env.NETWORK_BROKER_POLKIT === 'stdin' ? readFileSync(0, 'utf8') : undefined;

/** Field 22 of /proc/self/stat, in clock ticks since boot; the second field may hold anything (proc(5)). */
const startTime = (): bigint => {
  const stat = textOf('/proc/self/stat');
  return BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
};

/** Is the first part of its answer `(bba{ss})` true? */
const isAuthorized = ([answer]: readonly unknown[]): boolean => Array.isArray(answer) && answer[0] === true;

/**
 * Would polkit let this process do `action` without asking anybody? Polkit is not started for that.
 * org.freedesktop.PolicyKit1.Authority.CheckAuthorization; errors are BusErrors: the action is unknown, polkit is not there.
 */
export const mayDo = (connection: BusConnection, action: string): Observable<boolean> =>
  defer(() => {
    const subject = {
      pid: new Variant('u', pid),
      'start-time': new Variant('t', startTime()),
      uid: new Variant('i', getuid?.() ?? 0),
    };
    return connection.call({
      destination: POLKIT,
      path: '/org/freedesktop/PolicyKit1/Authority',
      interface: `${POLKIT}.Authority`,
      member: 'CheckAuthorization',
      signature: '(sa{sv})sa{ss}us',
      body: [['unix-process', subject], action, {}, 0, ''],
    });
  }).pipe(map(isAuthorized));
