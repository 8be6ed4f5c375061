import { EMPTY, NEVER } from 'rxjs';
import type { BusConnection } from '../system/bus/bus.js';
import type { System } from '../sinks/standard.js';

export const absentConnection: BusConnection = { signal$: NEVER, match: () => NEVER, call: () => NEVER };

const never = () => NEVER;

/** The system of a replay: it is never asked, since the trace answers. */
export const absentSystem = (owners: readonly number[]): System => ({
  files: { owners, list: never, read: never, ensureDirectory: never },
  processes: { run: never, signal: () => undefined, warmUp: () => EMPTY },
  rtnetlink: {
    connect: never,
    links: never,
    link: never,
    addresses: never,
    routes: never,
    rules: never,
    apply: never,
  },
  lock: { hold: never },
  bus: { connection$: NEVER },
  scriptFiles: { hold: never },
  linkFiles: { names: never, write: never, remove: never },
});
