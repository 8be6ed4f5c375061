import type { ScriptRan } from '../../model/outcome.js';
import type { Happening } from '../happening.js';
import type { Told } from './explains.js';
import { CHOOSING } from './truth.js';

/** What was told of one state of one link since the last quiet moment. */
export interface Account {
  /** what scripts were told before that */
  last: string | undefined;
  readonly told: Told[];
}

/** What scripts are told of states: `2 CarrierState` → its account. */
export interface Accounts {
  readonly see: (happening: Happening) => void;
  readonly of: (key: string) => Account;
  readonly keys: () => readonly string[];
  /** all was judged: what was told last is remembered, of those for which `isKept` */
  readonly close: (isKept: (key: string) => boolean) => void;
}

/** So long at most there is between scripts of which one waited for the other. Milliseconds. */
const PAUSE_MS = 50;
/** So long a script waits at most for what lacks. Milliseconds. */
const SCARCITY_MS = 30_000;

export const createAccounts = (): Accounts => {
  const accounts = new Map<string, Account>();
  let running = 0;
  let busySince = 0;
  let idleAt = 0;
  let lastEvents = new Set<string>();
  const accountOf = (key: string): Account => {
    const account = accounts.get(key) ?? { last: undefined, told: [] };
    accounts.set(key, account);
    return account;
  };
  const begin = (at: number): void => {
    if (running === 0 && at - idleAt > PAUSE_MS) busySince = at;
  };
  /** One that could not be started was told, as far as it could be. */
  const hearFailed = (at: number, { step: { id, event } }: ScriptRan): void => {
    if (event.kind !== 'link-state' || lastEvents.has(`${id} ${event.ifindex}`)) return;
    lastEvents.add(`${id} ${event.ifindex}`);
    for (const name of CHOOSING) {
      const value = event.changed[name];
      if (value !== undefined)
        accountOf(`${event.ifindex} ${name}`).told.push({ at, value, isRerun: true, since: busySince });
    }
  };
  const hear = ({ at, env }: Happening & { readonly kind: 'run' }): void => {
    const { EVENT, EVENT_ID = '', LINKINDEX = '', CHANGED = '', RERUN } = env;
    const event = `${EVENT_ID} ${LINKINDEX}`;
    if (EVENT !== 'link-state' || lastEvents.has(event)) return;
    lastEvents.add(event);
    for (const name of CHOOSING)
      if (CHANGED.split(' ').includes(name))
        accountOf(`${LINKINDEX} ${name}`).told.push({
          at,
          value: env[name] ?? '',
          isRerun: RERUN === '1',
          since: busySince,
        });
  };
  return {
    of: accountOf,
    keys: () => [...accounts.keys()],
    see: happening => {
      const { at } = happening;
      if (happening.kind === 'run') {
        begin(at);
        running += 1;
        hear(happening);
      } else if (happening.kind === 'exit') {
        running -= 1;
        idleAt = Math.max(idleAt, at);
      } else if (happening.kind === 'fault' && happening.what.startsWith('spawn ')) {
        begin(at);
        idleAt = at + SCARCITY_MS; // it waits for so long at most, and all of its link behind it
      } else if (happening.kind === 'daemon' && happening.is === 'started') lastEvents = new Set();
      else if (happening.kind === 'outcome' && happening.outcome.kind === 'script-ran')
        if (happening.outcome.error !== undefined) hearFailed(at, happening.outcome);
    },
    close: isKept => {
      for (const [key, account] of accounts) {
        account.last = account.told.at(-1)?.value ?? account.last;
        account.told.length = 0;
        if (!isKept(key)) accounts.delete(key);
      }
    },
  };
};
