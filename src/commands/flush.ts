import { dirname } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { toError } from '../model/fault.js';
import { flushPolicy } from '../sinks/policy/flush-rules.js';
import { netnsLock } from '../system/netns-lock.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { refusedPage, removedPage } from '../text/flush-page.js';
import { statePath } from '../daemon/state/state-path.js';

const lockedBy = (pid: number | undefined): string =>
  `network-broker: nothing removed: a running broker${pid === undefined ? '' : `, process ${pid},`} manages these rules: it puts back what it wants, and removes the rest itself.
To remove all of them stop it first: systemctl stop network-broker; if it runs elsewhere, find it: ss -xlp | grep @network-broker/
`;

/** Removes the policy rules and routes that are ours. Resolves to 1 if any of them is still there. */
export const flush = async (): Promise<number> => {
  let holder: number | undefined;
  const lock = netnsLock(dirname(statePath(process.env)), pid => (holder = pid));
  try {
    const flushed = await lastValueFrom(flushPolicy({ rtnetlink, lock }), { defaultValue: 'locked' as const });
    if (flushed === 'locked') {
      process.stderr.write(lockedBy(holder));
      return 1;
    }
    const removed = removedPage(flushed);
    const refused = refusedPage(flushed);
    process.stdout.write(removed === '' && refused === '' ? 'nothing to remove\n' : removed);
    process.stderr.write(refused);
    return refused === '' ? 0 : 1;
  } catch (error) {
    process.stderr.write(`network-broker: nothing removed: ${toError(error).message}\n`);
    return 1;
  }
};
